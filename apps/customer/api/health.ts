import { queryOptions } from "@tanstack/react-query";
import { serverUrl } from "../native/server.ts";

/** How a part of the bank is. */
export type Health = "works" | "slow" | "away";

/** An answer that takes longer than this is told as slow, in milliseconds. */
const slow_ms_min = 2_000;

/** How long is waited for an answer, in milliseconds. */
const answer_ms_max = 8_000;

async function ask(): Promise<{ readonly edge: Health; readonly bank: Health }> {
  const begun = performance.now();
  try {
    const response = await fetch(serverUrl("/health/ready"), {
      cache: "no-store",
      signal: AbortSignal.timeout(answer_ms_max),
    });
    const answer = (await response.json()) as { readonly away?: readonly string[] };
    const speed = performance.now() - begun > slow_ms_min ? "slow" : "works";
    return {
      edge: response.ok ? speed : "away",
      bank: answer.away?.includes("bank") === true ? "away" : speed,
    };
  } catch {
    return { edge: "away", bank: "away" };
  }
}

/** What works, by asking the edge, which asks the bank; again every 20 seconds while it is looked at. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: ask,
  refetchInterval: 20_000,
  staleTime: 0,
});
