import { queryOptions } from "@tanstack/react-query";
import type {
  Approval,
  Approvals,
  CheckMatrix,
  Platform,
  PutPlatform,
  Release,
  Releases,
  Rollout,
  RolloutCommand,
  RolloutCommanded,
  RolloutLogIns,
  RolloutSeries,
  StartRollout,
} from "@mainstay/wire";
import { request } from "./request.ts";

/** How often pages ask again beside what the stream tells, in milliseconds: times and counts go on. */
const refetch_ms = 15_000;

/** Every version, who is on what, and what is being rolled out. */
export const releasesQuery = queryOptions({
  queryKey: ["releases"],
  queryFn: () => request<Releases>("GET", "/api/releases"),
  refetchInterval: refetch_ms,
});

/** One version whole: manifest, checks, rollouts. */
export function releaseQuery(version: string) {
  return queryOptions({
    queryKey: ["releases", version],
    queryFn: () => request<Release>("GET", `/api/releases/${version}`),
    refetchInterval: refetch_ms,
  });
}

/** A version's latest check run, and what was decided about it. */
export function checksQuery(version: string) {
  return queryOptions({
    queryKey: ["checks", version],
    queryFn: () => request<CheckMatrix>("GET", `/api/checks/${version}`),
    refetchInterval: refetch_ms,
  });
}

/** One rollout's page. */
export function rolloutQuery(id: string) {
  return queryOptions({
    queryKey: ["rollouts", id],
    queryFn: () => request<Rollout>("GET", `/api/rollouts/${id}`),
    refetchInterval: refetch_ms,
  });
}

/** A rollout's log-ins and evidence over time, of all platforms or of one. */
export function seriesQuery(id: string, platform: Platform | "all") {
  const chosen = platform === "all" ? "" : `?platform=${platform}`;
  return queryOptions({
    queryKey: ["rollouts", id, "series", platform],
    queryFn: () => request<RolloutSeries>("GET", `/api/rollouts/${id}/series${chosen}`),
    refetchInterval: refetch_ms,
  });
}

/** Which log-ins of the new version are asked for: of a segment, all or those that failed. */
export type LogInsAsked = { readonly segment: string; readonly outcome: "failed" | null };

/** The log-ins behind a figure of the segments. */
export function logInsQuery(id: string, { segment, outcome }: LogInsAsked) {
  const asked = new URLSearchParams({ segment, arm: "candidate", ...(outcome === null ? {} : { outcome }) });
  return queryOptions({
    queryKey: ["rollouts", id, "log-ins", segment, outcome],
    queryFn: async () =>
      (await request<RolloutLogIns>("GET", `/api/rollouts/${id}/log-ins?${asked.toString()}`)).logIns,
  });
}

/** What waits for a second person, and what was decided last. */
export const approvalsQuery = queryOptions({
  queryKey: ["approvals"],
  queryFn: () => request<Approvals>("GET", "/api/approvals"),
  refetchInterval: refetch_ms,
});

/** What a person can do to a rollout. */
export type RolloutVerb = "advance" | "pause" | "resume" | "finish" | "roll-back";

/** Gives a rollout a command; the server refuses it where the rollout has moved on meanwhile. */
export function command(id: string, verb: RolloutVerb, body: RolloutCommand): Promise<RolloutCommanded> {
  return request("POST", `/api/rollouts/${id}/${verb}`, body);
}

/** Starts a rollout. */
export function startRollout(body: StartRollout): Promise<RolloutCommanded> {
  return request("POST", "/api/rollouts", body);
}

/** Asks that a version go on although its checks are red; answers what must be signed. */
export function overrideChecks(version: string, reason: string, commandId: string): Promise<Approval> {
  return request("POST", `/api/checks/${version}/override`, { commandId, reason });
}

/** Declines what waits for a second person. */
export function decline(id: string, reason: string): Promise<Approval> {
  return request("POST", `/api/approvals/${id}/decline`, reason === "" ? {} : { reason });
}

/** Sets which version a platform's app should be, and which it must be at least. */
export function putPlatform(platform: Platform, body: PutPlatform): Promise<RolloutCommanded> {
  return request("PUT", `/api/platforms/${platform}`, body);
}

/** Takes a platform's stable version back to the one before it; refused where another is stable meanwhile. */
export function rollBackStable(
  platform: Platform,
  body: { readonly commandId: string; readonly expectedStable: string; readonly reason: string },
): Promise<RolloutCommanded> {
  return request("POST", `/api/platforms/${platform}/roll-back-stable`, body);
}
