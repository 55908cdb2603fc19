import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type {
  Customer,
  CustomersFound,
  LedgerEntries,
  LedgerOverview,
  PaymentDirection,
  Reconciliation,
  StaffPayment,
  StaffPayments,
  StaffThreads,
  StaffThreadWhole,
  Transactions,
} from "@mainstay/wire";
import { request } from "./request.ts";

/** How often figures that are nobody's personal data are asked for again, in milliseconds. */
const refetch_ms = 15_000;
/**
 * Each look at customers' data is in the bank's audit, so what was looked at isn't asked for again by itself:
 * not by time, and not because the window was left and come back to.
 */
const one_look = { staleTime: 60_000, refetchOnWindowFocus: false, refetchOnReconnect: false } as const;

const asking = (path: string, asked: Readonly<Record<string, string | number | undefined>>): string => {
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
};

/** The shortest query that is searched for. */
export const query_length_min = 2;

/** Customers by name, account, e-mail or reference, page by page. */
export function customersQuery(query: string) {
  return infiniteQueryOptions({
    queryKey: ["customers", "found", query],
    queryFn: ({ pageParam }) =>
      request<CustomersFound>(
        "GET",
        asking("/api/bank/customers", { query, ...(pageParam === 0 ? {} : { from: pageParam }) }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: query.length >= query_length_min,
    ...one_look,
  });
}

/** One customer whole. */
export function customerQuery(ref: string) {
  return queryOptions({
    queryKey: ["customers", ref],
    queryFn: () => request<Customer>("GET", `/api/bank/customers/${encodeURIComponent(ref)}`),
    ...one_look,
  });
}

/** An older page of a customer's feed. */
export function olderFeed(ref: string, account: string, before: string): Promise<Transactions> {
  return request("GET", asking(`/api/bank/customers/${ref}/transactions`, { account, before }));
}

/** What a list of payments is narrowed by; amounts in minor units. */
export type PaymentFilter = {
  readonly state?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
};

/** Payments, newest first, page by page. */
export function paymentsQuery(direction: PaymentDirection, filter: PaymentFilter) {
  return infiniteQueryOptions({
    queryKey: ["payments", direction, filter],
    queryFn: ({ pageParam }) =>
      request<StaffPayments>(
        "GET",
        asking("/api/bank/payments", { direction, ...filter, before: pageParam }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.older ?? undefined,
    ...one_look,
  });
}

/** One payment whole. */
export function paymentQuery(id: string) {
  return queryOptions({
    queryKey: ["payments", id],
    queryFn: () => request<StaffPayment>("GET", `/api/bank/payments/${encodeURIComponent(id)}`),
    ...one_look,
  });
}

/** What ledger and scheme say of each other. */
export const reconciliationQuery = queryOptions({
  queryKey: ["reconciliation"],
  queryFn: () => request<Reconciliation>("GET", "/api/bank/payments/reconciliation"),
  refetchInterval: refetch_ms,
});

/** The book in figures; while a check runs, asked for more often. */
export const ledgerQuery = queryOptions({
  queryKey: ["ledger"],
  queryFn: () => request<LedgerOverview>("GET", "/api/bank/ledger"),
  refetchInterval: (query) => (query.state.data?.checker.isRunning === true ? 1_000 : refetch_ms),
});

/** Begins a check of the book. */
export function checkLedger(): Promise<unknown> {
  return request("POST", "/api/bank/ledger/check", {});
}

/** The entries of one of the bank's own accounts, newest first, page by page. */
export function entriesQuery(account: string) {
  return infiniteQueryOptions({
    queryKey: ["ledger", "entries", account],
    queryFn: ({ pageParam }) =>
      request<LedgerEntries>(
        "GET",
        asking("/api/bank/ledger/entries", { account, ...(pageParam === 0 ? {} : { before: pageParam }) }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.older ?? undefined,
  });
}

/** How many conversations wait for the bank: a number alone is no look at anybody. */
export const threadsWaitingQuery = queryOptions({
  queryKey: ["threads", "waiting"],
  queryFn: async () => (await request<{ waiting: number }>("GET", "/api/bank/threads/waiting")).waiting,
  refetchInterval: refetch_ms,
});

/** Conversations: those that wait for the bank, or the newest of all; anew when another one waits. */
export function threadsQuery(which: "waiting" | "all", waiting: number) {
  return queryOptions({
    queryKey: ["threads", which, waiting],
    queryFn: () =>
      request<StaffThreads>("GET", `/api/bank/threads${which === "waiting" ? "?waitsFor=bank" : ""}`),
    placeholderData: (before: StaffThreads | undefined) => before,
    ...one_look,
  });
}

/** One conversation whole. */
export function threadQuery(id: string) {
  return queryOptions({
    queryKey: ["threads", "whole", id],
    queryFn: () => request<StaffThreadWhole>("GET", `/api/bank/threads/${id}`),
    ...one_look,
  });
}

/** Answers a customer; the same id again is the same answer. */
export function answerThread(id: string, entry: { readonly id: string; readonly text: string }) {
  return request<StaffThreadWhole>("POST", `/api/bank/threads/${id}/entries`, entry);
}

/** Says that a conversation needs no answer. */
export function finishThread(id: string) {
  return request<StaffThreadWhole>("POST", `/api/bank/threads/${id}/done`, {});
}
