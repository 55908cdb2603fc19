import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { RequestError } from "../api/request.ts";

/** Whether what the page shows is fresh: `lost` while any of it was asked for and couldn't be had. */
export function useReach(): "live" | "lost" {
  const cache = useQueryClient().getQueryCache();
  return useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () => {
      const isLost = cache
        .getAll()
        .some(
          ({ state }) => state.error instanceof RequestError && [0, 503, 504].includes(state.error.status),
        );
      return isLost ? "lost" : "live";
    },
  );
}
