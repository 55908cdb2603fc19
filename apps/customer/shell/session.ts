import type { Session } from "@mainstay/wire";
import { QueryCache, QueryClient, useQuery } from "@tanstack/react-query";
import { failureOf, isUnreached, type Failure } from "../api/failure.ts";
import { sessionQuery } from "../api/queries.ts";
import { onSessionEnded, request } from "../api/request.ts";
import { forgetCustomer, keep, readKept } from "../kept.ts";
import { forgetSessionToken } from "../native/session-token.ts";
import { forgetLastHome } from "./last-home.ts";

/** How often a query that could not be answered is asked again by itself. */
const retries_max = 2;

function noteFailure(failure: Failure): void {
  // What a session may see can shrink while the customer is away: ask what it is now.
  if (failure.status === 403) void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
}

/**
 * What every screen reads from. Answers are kept while the page lives, and read again when the customer comes
 * back.
 */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: (error) => noteFailure(failureOf(error)) }),
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => {
        const failure = failureOf(error);
        return failure.retryable && !isUnreached(failure) && failures < retries_max;
      },
    },
  },
});

let leave: () => void = () => undefined;

/** Says where to go when the session has ended; the router does it. */
export function whenSessionEnds(goToWelcome: () => void): void {
  leave = goToWelcome;
}

/** Takes a new session in: everything of the one before is forgotten. */
export function beginSession(session: Session): void {
  keep("known", { firstName: session.person.firstName });
  queryClient.removeQueries({
    predicate: (query) => !["configuration", "session"].includes(String(query.queryKey[0])),
  });
  queryClient.setQueryData(sessionQuery.queryKey, session);
}

/** The same customer has touched the passkey again: what could not be seen or done is asked for anew. */
export async function renewSession(session: Session): Promise<void> {
  queryClient.setQueryData(sessionQuery.queryKey, session);
  await queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
}

/** The session has ended, here or at the bank: nothing of the customer stays on the screen. */
export function endSession(): void {
  // Where nobody was logged in, nothing has ended: a newcomer who opens an account stays where they are.
  if (!queryClient.getQueryData(sessionQuery.queryKey)) return;
  queryClient.setQueryData(sessionQuery.queryKey, null);
  leave();
  queryClient.removeQueries({
    predicate: (query) => !["configuration", "session"].includes(String(query.queryKey[0])),
  });
}

onSessionEnded(endSession);

/** Logs out: the bank ends the session, and this device forgets what it kept of the customer. */
export async function logOut(): Promise<Failure | null> {
  const answer = await request("/api/logout", { method: "POST" });
  if (!answer.ok && answer.error.status !== 401) return answer.error;
  forgetCustomer();
  forgetLastHome();
  await forgetSessionToken();
  endSession();
  return null;
}

/** The session of whoever is logged in; null where there is none or none is known (offline). */
export function useSession(): Session | null {
  return useQuery({ ...sessionQuery, enabled: readKept("known") !== null }).data ?? null;
}
