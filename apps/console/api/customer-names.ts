import { useQuery } from "@tanstack/react-query";
import type { CustomerNames, StaffRole } from "@mainstay/wire";
import { sessionQuery } from "./queries.ts";
import { request } from "./request.ts";

/** Who may see customers' names; the bank decides, and keeps each look in its audit. */
const name_roles: readonly StaffRole[] = ["support", "release-manager"];
/** The most references that are asked for at once. */
const refs_max = 200;

async function namesOf(refs: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (let at = 0; at < refs.length; at += refs_max) {
    const { names } = await request<CustomerNames>("POST", "/api/bank/customers/names", {
      refs: refs.slice(at, at + refs_max),
    });
    for (const { ref, name } of names) found.set(ref, name);
  }
  return found;
}

const nobody: ReadonlyMap<string, string> = new Map();

/**
 * The names behind references, for staff with the right; empty for others, and while they come. What has a
 * name once keeps it: a reference is asked for again only when another joins it.
 */
export function useCustomerNames(refs: readonly string[]): ReadonlyMap<string, string> {
  const { data: session } = useQuery(sessionQuery);
  const isAllowed = session?.staff.roles.some((role) => name_roles.includes(role)) === true;
  const wanted = [...new Set(refs)].toSorted();
  const { data } = useQuery({
    queryKey: ["customer-names", wanted],
    queryFn: () => namesOf(wanted),
    enabled: isAllowed && wanted.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
    retry: false,
  });
  return data ?? nobody;
}
