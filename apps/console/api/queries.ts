import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Audit, Referral, StaffPeople, StaffSession } from "@mainstay/wire";
import { request, RequestError } from "./request.ts";

/** How often a page that people wait on asks again, in milliseconds. */
const live_ms = 15_000;

/** Who is logged in; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: () =>
    request<StaffSession>("GET", "/api/staff/session").catch((error: unknown) => {
      if (error instanceof RequestError && error.status === 401) return null;
      throw error;
    }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Registrations that a person must decide, the one that has waited longest first. */
export const referralsQuery = queryOptions({
  queryKey: ["referrals"],
  queryFn: async () => {
    const { referrals } = await request<{ referrals: Referral[] }>("GET", "/api/bank/referrals");
    return referrals.toSorted((left, right) => left.referredAt.localeCompare(right.referredAt));
  },
  refetchInterval: live_ms,
});

/** Who is staff, and who is invited. */
export const peopleQuery = queryOptions({
  queryKey: ["people"],
  queryFn: () => request<StaffPeople>("GET", "/api/staff/people"),
  refetchInterval: live_ms,
});

/** The audit, newest first, page by page. */
export const auditQuery = infiniteQueryOptions({
  queryKey: ["audit"],
  queryFn: ({ pageParam }) =>
    request<Audit>("GET", `/api/staff/audit${pageParam === 0 ? "" : `?before=${pageParam}`}`),
  initialPageParam: 0,
  getNextPageParam: (page) => page.older ?? undefined,
});
