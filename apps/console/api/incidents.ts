import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type {
  AffectedPage,
  Incident,
  IncidentScope,
  Incidents,
  IncidentsConcerning,
  IncidentState,
  IncidentSummary,
} from "@mainstay/wire";
import { request } from "./request.ts";

/** How often pages ask again beside what the stream tells, in milliseconds: times and counts go on. */
const refetch_ms = 15_000;

/** Every incident, open ones first. */
export const incidentsQuery = queryOptions({
  queryKey: ["incidents"],
  queryFn: () => request<Incidents>("GET", "/api/incidents"),
  refetchInterval: refetch_ms,
});

/** One incident's page. */
export function incidentQuery(id: string) {
  return queryOptions({
    queryKey: ["incidents", id],
    queryFn: () => request<Incident>("GET", `/api/incidents/${id}`),
    refetchInterval: refetch_ms,
  });
}

/** The incidents that a customer is among the affected of. */
export function concerningQuery(customer: string) {
  return queryOptions({
    queryKey: ["incidents", "concerning", customer],
    queryFn: () =>
      request<IncidentsConcerning>(
        "GET",
        `/api/incidents/concerning?customer=${encodeURIComponent(customer)}`,
      ),
    refetchInterval: refetch_ms,
  });
}

/** Which of those affected are asked for. */
export type AffectedFilter = "all" | "no" | "yes";

/** Those affected, who isn't back first, page by page. */
export function affectedQuery(id: string, back: AffectedFilter) {
  return infiniteQueryOptions({
    queryKey: ["incidents", id, "affected", back],
    queryFn: ({ pageParam }) => {
      const asked = new URLSearchParams({
        ...(back === "all" ? {} : { back }),
        ...(pageParam === "" ? {} : { after: pageParam }),
      }).toString();
      return request<AffectedPage>("GET", `/api/incidents/${id}/affected${asked === "" ? "" : `?${asked}`}`);
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: refetch_ms,
  });
}

/** Opens an incident by hand. */
export function openIncident(body: {
  readonly commandId: string;
  readonly title: string;
  readonly severity: number;
  readonly scope: IncidentScope;
}): Promise<IncidentSummary> {
  return request("POST", "/api/incidents", body);
}

/** What of an incident is to change; what isn't named stays. */
export type IncidentChange = {
  readonly commandId: string;
  /** As it was seen: the server refuses where it has moved on. */
  readonly expectedState: IncidentState;
  readonly state?: IncidentState;
  readonly severity?: number;
  readonly title?: string;
  readonly command?: true;
  readonly reason?: string;
};

/** Changes an incident's state, severity, title or commander. */
export function changeIncident(id: string, body: IncidentChange): Promise<unknown> {
  return request("PATCH", `/api/incidents/${id}`, body);
}

/** Writes a note into the timeline. */
export function addNote(id: string, body: { readonly commandId: string; readonly text: string }) {
  return request<unknown>("POST", `/api/incidents/${id}/notes`, body);
}

/** Ends a duplicate: it goes on as another incident. */
export function mergeIncident(id: string, body: { readonly commandId: string; readonly into: string }) {
  return request<unknown>("POST", `/api/incidents/${id}/merge`, body);
}

/** A person's word on whether an incident is major. */
export function classifyIncident(
  id: string,
  body: { readonly commandId: string; readonly as: "major" | "not-major"; readonly reason: string },
) {
  return request<unknown>("POST", `/api/incidents/${id}/classify`, body);
}

/** Records that a report went to the regulator. */
export function reportSent(
  id: string,
  deadline: string,
  body: { readonly commandId: string; readonly at: string },
) {
  return request<unknown>("POST", `/api/incidents/${id}/reports/${deadline}`, body);
}
