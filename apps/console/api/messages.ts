import { startAuthentication } from "@simplewebauthn/browser";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Message, MessageChannel, MessageDeliveries, Messages, RequestOptions } from "@mainstay/wire";
import { request } from "./request.ts";

const refetch_ms = 15_000;
/** How often a message is looked at while it goes out, in milliseconds. */
const under_way_ms = 3_000;

/** Whether a message is going out just now. */
function isUnderWay({ state, deliveries }: Message): boolean {
  return state === "sending" && deliveries.some((row) => row.state === "waiting" && row.count > 0);
}

/** Every message, newest first. */
export const messagesQuery = queryOptions({
  queryKey: ["messages"],
  queryFn: () => request<Messages>("GET", "/api/messages"),
  refetchInterval: refetch_ms,
});

/** The messages of one incident, newest first. */
export function incidentMessagesQuery(incident: string) {
  return queryOptions({
    queryKey: ["messages", "of", incident],
    queryFn: () => request<Messages>("GET", `/api/incidents/${incident}/messages`),
    refetchInterval: (query) =>
      query.state.data?.messages.some(isUnderWay) === true ? under_way_ms : refetch_ms,
  });
}

/** Whom a message reached, channel by channel. */
export function deliveriesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ["messages", id, "deliveries"],
    queryFn: ({ pageParam }) =>
      request<MessageDeliveries>(
        "GET",
        `/api/messages/${id}/deliveries${pageParam === "" ? "" : `?after=${encodeURIComponent(pageParam)}`}`,
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: refetch_ms,
  });
}

/** What of a message people write. */
export type MessageWords = { readonly subject: string; readonly text: string };

/** A message as one customer would read it; the name stays `{first_name}`. */
export function previewQuery(id: string, customer: string, words: MessageWords) {
  return queryOptions({
    queryKey: ["messages", id, "preview", customer, words],
    queryFn: () => request<MessageWords>("POST", `/api/messages/${id}/preview`, { customer, ...words }),
    staleTime: refetch_ms,
    retry: false,
  });
}

/** Drafts a message to those affected, from the record. */
export function draftMessage(incident: string, commandId: string): Promise<Message> {
  return request("POST", `/api/incidents/${incident}/messages`, { commandId });
}

/** Changes a draft. */
export function editMessage(
  id: string,
  body: MessageWords & {
    readonly commandId: string;
    readonly draft: number;
    readonly channels: readonly MessageChannel[];
  },
): Promise<Message> {
  return request("PUT", `/api/messages/${id}`, body);
}

/** What a passkey is to sign, word for word, and how it is asked. */
export type MessageToSign = { readonly id: string; readonly text: string; readonly options: RequestOptions };

/** Asks what must be signed for a message to go out. */
export function messageToSign(id: string): Promise<MessageToSign> {
  return request("POST", `/api/messages/${id}/sign/options`, {});
}

/** Signs a message with one's passkey: as whoever asks, or as the second person. */
export async function signMessage(id: string, toSign: MessageToSign): Promise<Message> {
  const credential = await startAuthentication({ optionsJSON: toSign.options });
  return request("POST", `/api/messages/${id}/sign`, { ceremonyId: toSign.id, credential });
}

/** Declines a message that waits, or discards a draft. */
export function declineMessage(id: string, reason: string): Promise<Message> {
  return request("POST", `/api/messages/${id}/decline`, reason === "" ? {} : { reason });
}
