import { useQuery } from "@tanstack/react-query";
import { messagesQuery } from "./messages.ts";
import { approvalsQuery } from "./releases.ts";

/** How many things wait for a second person: approvals, and messages to those affected. */
export function useWaiting(): number {
  const { data: approvals } = useQuery(approvalsQuery);
  const { data: messages } = useQuery(messagesQuery);
  return (approvals?.waiting ?? 0) + (messages?.waiting ?? 0);
}
