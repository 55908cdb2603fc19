/** The mark: a sail and the lamp at its top. */
export const mark =
  '<svg class="mark" viewBox="0 0 40 40" aria-hidden="true">' +
  '<rect width="40" height="40" rx="11" fill="#0E4A45"/>' +
  '<path d="M20 11.5V30" stroke="#fff" stroke-width="2.8" stroke-linecap="round"/>' +
  '<path d="M20 14 9.5 30h21z" fill="none" stroke="#fff" stroke-width="2.4" stroke-linejoin="round"/>' +
  '<circle cx="20" cy="9" r="3" fill="#F4A62A"/></svg>';

/** Lucide's drawings (ISC), by the names that they have there. */
const drawings = {
  check: '<path d="M20 6 9 17l-5-5"/>',
  "circle-check": '<circle cx="12" cy="12" r="10"/><path d="m9 12 2 2 4-4"/>',
  "circle-alert": '<circle cx="12" cy="12" r="10"/><path d="M12 8v4"/><path d="M12 16h.01"/>',
  "circle-x": '<circle cx="12" cy="12" r="10"/><path d="m15 9-6 6"/><path d="m9 9 6 6"/>',
  "circle-help":
    '<circle cx="12" cy="12" r="10"/><path d="M9.1 9a3 3 0 0 1 5.8 1c0 2-3 3-3 3"/><path d="M12 17h.01"/>',
  "circle-dashed":
    '<path d="M10.1 2.2a10 10 0 0 1 3.8 0"/><path d="M17.6 3.7a10 10 0 0 1 2.7 2.7"/>' +
    '<path d="M21.8 10.1a10 10 0 0 1 0 3.8"/><path d="M20.3 17.6a10 10 0 0 1-2.7 2.7"/>' +
    '<path d="M13.9 21.8a10 10 0 0 1-3.8 0"/><path d="M6.4 20.3a10 10 0 0 1-2.7-2.7"/>' +
    '<path d="M2.2 13.9a10 10 0 0 1 0-3.8"/><path d="M3.7 6.4a10 10 0 0 1 2.7-2.7"/>',
  rss: '<path d="M4 11a9 9 0 0 1 9 9"/><path d="M4 4a16 16 0 0 1 16 16"/><circle cx="5" cy="19" r="1"/>',
  braces:
    '<path d="M8 3H7a2 2 0 0 0-2 2v5a2 2 0 0 1-2 2 2 2 0 0 1 2 2v5a2 2 0 0 0 2 2h1"/>' +
    '<path d="M16 21h1a2 2 0 0 0 2-2v-5a2 2 0 0 1 2-2 2 2 0 0 1-2-2V5a2 2 0 0 0-2-2h-1"/>',
  mail: '<rect width="20" height="16" x="2" y="4" rx="2"/><path d="m22 7-10 6L2 7"/>',
} as const;

export type IconName = keyof typeof drawings;

/** An icon that says nothing by itself: its word stands beside it. */
export function icon(name: IconName): string {
  return (
    '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.9" ' +
    `stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${drawings[name]}</svg>`
  );
}
