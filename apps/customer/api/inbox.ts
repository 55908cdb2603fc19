import type { Inbox, Status, Thread } from "@mainstay/wire";
import { queryOptions } from "@tanstack/react-query";
import { serverUrl } from "../native/server.ts";
import { FailureError, localFailure } from "./failure.ts";
import { fetchOrThrow } from "./request.ts";

/** The customer's messages, and what concerns them now. */
export const inboxQuery = queryOptions({
  queryKey: ["inbox"],
  queryFn: () => fetchOrThrow<Inbox>("/api/inbox"),
});

/** One conversation. */
export const threadQuery = (id: string) =>
  queryOptions({
    queryKey: ["thread", id],
    queryFn: () => fetchOrThrow<Thread>(`/api/inbox/${id}`),
  });

/** How long the status may take to come, in milliseconds. */
const status_ms_max = 8_000;

async function readStatus(): Promise<Status> {
  try {
    const answer = await fetch(serverUrl("/status.json"), {
      cache: "no-store",
      signal: AbortSignal.timeout(status_ms_max),
    });
    const status: unknown = answer.ok ? await answer.json() : null;
    if (typeof status === "object" && status !== null && "components" in status) return status as Status;
  } catch {
    // Whatever stood in the way, the status isn't known; that is what is said.
  }
  throw new FailureError(localFailure("unreadable"));
}

/** What works, as the live probes find it; again every 20 seconds while it is looked at. */
export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: readStatus,
  refetchInterval: 20_000,
  staleTime: 0,
  retry: false,
});
