import type {
  Account,
  Configuration,
  Device,
  Passkey,
  Payee,
  Payment,
  SecuritySummary,
  Session,
  Transaction,
  Transactions,
} from "@mainstay/wire";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { fetchOrThrow, request } from "./request.ts";
import { FailureError } from "./failure.ts";

/** How many lines of the feed are asked for at once. */
const feed_page_size = 30;

/** What a client may know before anyone has logged in. */
export const configurationQuery = queryOptions({
  queryKey: ["configuration"],
  queryFn: () => fetchOrThrow<Configuration>("/api/configuration", { proof: false }),
  staleTime: Number.POSITIVE_INFINITY,
});

/** Who is logged in here; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async (): Promise<Session | null> => {
    const answer = await request<Session>("/api/session");
    if (answer.ok) return answer.value;
    if (answer.error.status === 401) return null;
    throw new FailureError(answer.error);
  },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  retry: false,
  // What a session sees shrinks while the customer is away; asking doesn't count as being there.
  refetchOnWindowFocus: "always",
});

/** The customer's accounts. */
export const accountsQuery = queryOptions({
  queryKey: ["accounts"],
  queryFn: async () => (await fetchOrThrow<{ accounts: Account[] }>("/api/accounts")).accounts,
});

/** The feed of an account, newest first, by pages; `search` narrows it as the customer types. */
export const feedQuery = (accountId: string, search: string) =>
  infiniteQueryOptions({
    queryKey: ["feed", accountId, search],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: String(feed_page_size) });
      if (pageParam !== null) query.set("before", pageParam);
      if (search !== "") query.set("q", search);
      return fetchOrThrow<Transactions>(`/api/accounts/${accountId}/transactions?${query}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.older,
  });

/** One line of the feed. */
export const transactionQuery = (id: string) =>
  queryOptions({
    queryKey: ["transaction", id],
    queryFn: () => fetchOrThrow<Transaction>(`/api/transactions/${id}`),
  });

/** Whom the customer has paid before. */
export const payeesQuery = queryOptions({
  queryKey: ["payees"],
  queryFn: async () => (await fetchOrThrow<{ payees: Payee[] }>("/api/payees")).payees,
});

/** One payment, as the server knows it. */
export const paymentQuery = (id: string) =>
  queryOptions({
    queryKey: ["payment", id],
    queryFn: () => fetchOrThrow<Payment>(`/api/payments/${id}`),
  });

/** Installations that hold or held a session. */
export const devicesQuery = queryOptions({
  queryKey: ["devices"],
  queryFn: async () => (await fetchOrThrow<{ devices: Device[] }>("/api/devices")).devices,
});

/** The customer's passkeys. */
export const passkeysQuery = queryOptions({
  queryKey: ["passkeys"],
  queryFn: async () => (await fetchOrThrow<{ passkeys: Passkey[] }>("/api/passkeys")).passkeys,
});

/** Recovery codes left, and whether we are calling the customer now. */
export const securityQuery = queryOptions({
  queryKey: ["security"],
  queryFn: () => fetchOrThrow<SecuritySummary>("/api/security"),
});
