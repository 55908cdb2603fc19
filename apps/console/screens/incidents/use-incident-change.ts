import { useMutation, useQueryClient } from "@tanstack/react-query";

/**
 * Does something to an incident, and has every page ask again: whether done or refused, it may have moved on.
 */
export function useIncidentChange(change: () => Promise<unknown>, onDone: () => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: onDone,
    onSettled: () =>
      client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "customer-names" }),
  });
}
