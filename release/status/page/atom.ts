import { escapeHtml } from "@mainstay/kernel";
import { createHash } from "node:crypto";
import type { Status } from "@mainstay/wire";
import { update_words } from "./words.ts";

/** The most entries of the feed: the latest. */
export const entries_max = 100;

/** A name that stays the same for the same thing (RFC 4151 would need a domain; RFC 9562, version 8). */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(`mainstay status ${text}`).digest("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `9${hex.slice(17, 20)}`];
  return `urn:uuid:${[...parts, hex.slice(20, 32)].join("-")}`;
}

/**
 * The feed (RFC 4287): an entry for each update of an incident, newest first. An entry's id follows from the
 * incident, the state and the time, so that amending its text changes no id.
 */
export function atomOf(status: Status, origin: string): string {
  const entries = status.incidents
    .flatMap((incident) => incident.updates.map((update) => ({ ...update, incident })))
    .toSorted((one, other) => other.at.localeCompare(one.at))
    .slice(0, entries_max);
  const measured = status.components.map(({ since }) => since).filter((since) => since !== null);
  const updated = entries[0]?.at ?? measured.toSorted().at(-1) ?? "2026-01-01T00:00:00.000Z";
  const address = escapeHtml(origin);
  const items = entries.map(
    ({ at, state, text, incident }) => `<entry>
<id>${uuidOf(`${incident.number} ${state} ${at}`)}</id>
<title>${escapeHtml(`${incident.title}: ${update_words[state].toLowerCase()}`)}</title>
<updated>${escapeHtml(at)}</updated>
<published>${escapeHtml(at)}</published>
<link rel="alternate" type="text/html" href="${address}/status#incident-${escapeHtml(incident.number)}"/>
<category term="${state}"/>
<content type="text">${escapeHtml(text)}</content>
</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB">
<id>${uuidOf("feed")}</id>
<title>Mainstay status</title>
<subtitle>${escapeHtml(status.sentence)}</subtitle>
<updated>${escapeHtml(updated)}</updated>
<author><name>Mainstay</name></author>
<link rel="self" type="application/atom+xml" href="${address}/status.atom"/>
<link rel="alternate" type="text/html" href="${address}/status"/>
${items.join("\n")}
</feed>
`;
}
