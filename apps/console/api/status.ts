import { queryOptions } from "@tanstack/react-query";
import type { Component, ComponentState, ConsoleStatus } from "@mainstay/wire";
import { request } from "./request.ts";

/** What the public reads, and what staff see beside it. */
export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: () => request<ConsoleStatus>("GET", "/api/status"),
  refetchInterval: 15_000,
});

/** Makes a component worse by hand; null ends it. */
export function putOverride(
  component: Component,
  body: { readonly commandId: string; readonly state: ComponentState | null; readonly reason: string },
) {
  return request<unknown>("PUT", `/api/status/components/${component}`, body);
}

/** One more update of a public incident, or an update's text amended. */
export function putUpdate(
  incident: string,
  update: string | null,
  body: { readonly commandId: string; readonly text: string },
) {
  const path = `/api/status/incidents/${incident}/updates`;
  return update === null
    ? request<unknown>("POST", path, body)
    : request<unknown>("PUT", `${path}/${update}`, body);
}
