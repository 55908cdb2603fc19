import type { Review } from "@mainstay/wire";
import { amara_actor, incident, incident_id, jonas, regulator, timeline } from "./incident.ts";
import { priya, tom } from "./moment.ts";

/** The moment that the review is looked at: Friday 2 October 2026, 16:08:31 in London. */
export const review_now = new Date("2026-10-02T15:08:31.000Z");
const friday = (time: string) => new Date(`2026-10-02T${time}+01:00`).toISOString();
const fact = (key: string, label: string, value: string) => ({ key, label, value });
const written = (part: Review["texts"][number]["part"], text: string) => ({ part, text, isDrafted: false });

/** The review of the incident, two things short of being closed. */
export const review: Review = {
  incident: incident_id,
  number: "INC-0041",
  title: incident.title,
  draft: 3,
  editedAt: friday("16:02:00"),
  editedBy: jonas,
  facts: [
    fact("people", "People", "31 people"),
    fact("had-it", "Had the version", "26,840"),
    fact("rolled-back-at", "Rolled back", "08:53:09"),
    fact("first-failure-at", "First failure", "08:41:12"),
    fact("last-back-at", "Last back in", "09:31:50"),
    fact("changed-file", "Changed file", "passkey.js"),
    fact("reason", "Reason", "user_handle_missing, 47 of 47"),
  ],
  impact: { ...incident.impact, backIn: 31, unknown: 0, longestOut_ms: 2_659_000 },
  timeline: [
    ...timeline,
    {
      at: new Date("2026-10-01T09:31:50+01:00").toISOString(),
      kind: "last-back",
      title: "Last person back in",
      detail: null,
      actor: null,
    },
  ],
  texts: [
    written(
      "summary",
      [
        "On Thursday 1 October, {people} with iOS 27 couldn’t log in with version 8.4.1, which",
        "{had-it} had at the time. The guard took it back at {rolled-back-at}. The first had been",
        "refused at {first-failure-at}; the last was back in at {last-back-at}. No payment was",
        "missed and no data was lost.",
      ].join(" "),
    ),
    written("cause", "8.4.1 refused an answer without a user handle, as the standard allows. {changed-file}"),
    written(
      "trigger",
      [
        "iOS 27 leaves the handle out when the passkey came from another phone. Nothing in our",
        "checks did. {reason}",
      ].join(" "),
    ),
    written("detection", "By the guard, 11 min 57 s after the first failure."),
    written(
      "went-well",
      [
        "Rolled back by itself, 0.4 s after the alarm\n1,412 open devices switched within 22",
        "s\nAll 31 knew why within the hour",
      ].join(" "),
    ),
    written(
      "went-badly",
      [
        "Nobody had iOS 27 on a test phone\n12 min to the alarm: 1 log-in in 9 failed\nTwo phones",
        "stayed shut until 09:31",
      ].join(" "),
    ),
    written("lucky", "The stage was 10 % and not 50 %"),
  ],
  actions: [
    {
      id: "act_0000000000000000000001",
      what: "A check: passkey from another phone",
      owner: priya,
      due: "2026-10-05",
      state: "open",
      note: null,
    },
    {
      id: "act_0000000000000000000002",
      what: "Server takes a missing user handle",
      owner: jonas,
      due: "2026-10-02",
      state: "done",
      note: "in 8.4.2",
    },
    {
      id: "act_0000000000000000000003",
      what: "New systems in the device farm on day one",
      owner: tom,
      due: "2026-10-23",
      state: "moved",
      note: "From 9 October: the farm gets its new phones on the 20th",
    },
  ],
  regulator: {
    ...regulator,
    classified: {
      as: "not-major",
      by: amara_actor,
      at: new Date("2026-10-01T10:02:00+01:00").toISOString(),
      reason: "No threshold is reached",
    },
    deadlines: regulator.deadlines.map((deadline) =>
      deadline.id === "classification"
        ? { ...deadline, doneAt: new Date("2026-10-01T10:02:00+01:00").toISOString() }
        : deadline,
    ),
  },
  check: {
    id: "dmd_0000000000000000000001",
    incident: incident_id,
    journey: "log-in-old-passkey-fresh",
    title: "Log in with an old passkey, new device",
    failedOn: "8.4.1",
    demandedAt: null,
  },
  reader: { ...priya, askedAt: friday("16:04:00"), readAt: null },
  conditions: [
    { id: "texts", name: "Cause and detection written", isMet: true, detail: null },
    { id: "actions", name: "Each action has owner and day", isMet: true, detail: null },
    {
      id: "check",
      name: "The failing case is a check",
      isMet: false,
      detail: "passkey-from-another-phone runs, but 8.5.0 may still be published without it",
    },
    { id: "reader", name: "A second reader", isMet: false, detail: "Priya Nair, asked at 16:04" },
    { id: "classified", name: "Classified: not major", isMet: true, detail: "Amara Cole, 1 Oct 10:02" },
  ],
  closedAt: null,
  closedBy: null,
  staff: [amara_actor, jonas, priya, tom],
  edits: [
    { draft: 3, at: friday("16:02:00"), by: jonas, what: "trigger" },
    { draft: 2, at: friday("15:40:00"), by: jonas, what: "summary" },
  ],
};
