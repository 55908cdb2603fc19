import { queryOptions } from "@tanstack/react-query";
import type { Review, ReviewAction, ReviewText } from "@mainstay/wire";
import { request } from "./request.ts";

const refetch_ms = 15_000;

/** An incident's review. */
export function reviewQuery(incident: string) {
  return queryOptions({
    queryKey: ["incidents", incident, "review"],
    queryFn: () => request<Review>("GET", `/api/incidents/${incident}/review`),
    refetchInterval: refetch_ms,
  });
}

/** Writes one part; refused as `review_changed` where somebody has edited since that draft. */
export function putReviewText(
  incident: string,
  part: ReviewText,
  body: { readonly commandId: string; readonly draft: number; readonly text: string },
) {
  return request<unknown>("PUT", `/api/incidents/${incident}/review/texts/${part}`, body);
}

/** Makes an action, or changes one. */
export function putReviewAction(
  incident: string,
  action: Omit<ReviewAction, "owner"> & { readonly owner: string },
  commandId: string,
) {
  const { id, ...body } = action;
  return request<unknown>("PUT", `/api/incidents/${incident}/review/actions/${id}`, { commandId, ...body });
}

/** Demands a journey of every later version. */
export function demandCheck(
  incident: string,
  body: { readonly commandId: string; readonly journey: string },
) {
  return request<unknown>("POST", `/api/incidents/${incident}/review/check`, body);
}

/** Asks a colleague to read it. */
export function askReader(incident: string, body: { readonly commandId: string; readonly staff: string }) {
  return request<unknown>("POST", `/api/incidents/${incident}/review/reader`, body);
}

/** The reader's word that it is right. */
export function markRead(incident: string, commandId: string) {
  return request<unknown>("POST", `/api/incidents/${incident}/review/read`, { commandId });
}

/** Closes it: from then on it stays as it is. */
export function closeReview(incident: string, commandId: string) {
  return request<unknown>("POST", `/api/incidents/${incident}/review/close`, { commandId });
}
