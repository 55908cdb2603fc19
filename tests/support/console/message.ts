import type { ConsoleStatus, Message, Status } from "@mainstay/wire";
import { amara_actor, incident_id, jonas, morning } from "./incident.ts";

/** The message to the 31, as it was drafted. */
export const message: Message = {
  id: "msg_0000000000000000000001",
  incident: incident_id,
  state: "draft",
  subject: "You couldn’t log in this morning. You can now.",
  text: [
    "Hello {first_name}, at {first_failure} our app refused your log-in. That was our mistake.",
    "We took the version back at 08:53. Your money was safe and no payment was missed.",
    "\n\nYou needn’t do anything. We’re sorry.",
  ]
    .join(" ")
    .replace(" \n\n", "\n"),
  channels: ["inbox", "email", "push"],
  draft: 1,
  createdAt: morning("09:11:48"),
  editedBy: amara_actor,
  recipients: { now: 29, notBack: 2, later: 2 },
  first: null,
  second: null,
  sentAt: null,
  deliveries: [],
  canSign: true,
  whyNot: null,
  unfilled: [],
};

/** The same once two have signed: most have it, one address bounced. */
export const sent: Message = {
  ...message,
  state: "sending",
  first: { ...amara_actor, signedAt: morning("09:15:02") },
  second: { ...jonas, signedAt: morning("09:16:40") },
  sentAt: morning("09:16:40"),
  canSign: false,
  deliveries: [
    { channel: "inbox", state: "sent", count: 17 },
    { channel: "inbox", state: "read", count: 12 },
    { channel: "email", state: "sent", count: 26 },
    { channel: "email", state: "waiting", count: 2 },
    { channel: "email", state: "bounced", count: 1 },
    { channel: "push", state: "sent", count: 11 },
    { channel: "push", state: "none", count: 18 },
  ],
};

const names = [
  ["log-in", "Log in", "partly"],
  ["balances", "Balances and feed", "works"],
  ["payments", "Payments in the UK", "works"],
  ["transfers-abroad", "Transfers abroad", "not-offered"],
  ["pots", "Pots", "works"],
  ["developer-api", "Developer API", "not-offered"],
] as const;

function days(isTroubled: boolean, isOffered: boolean): Status["components"][number]["days"] {
  const last = Date.parse("2026-10-01T00:00:00.000Z");
  return Array.from({ length: 90 }, (_, index) => {
    const isPartly = isTroubled && (index === 51 || index === 89);
    return {
      date: new Date(last - (89 - index) * 86_400_000).toISOString().slice(0, 10),
      state: !isOffered ? null : isPartly ? "partly" : "works",
      partly_s: isPartly ? 3_000 : 0,
      down_s: 0,
    };
  });
}

/** The status page while the incident is watched. */
export const status: ConsoleStatus = {
  url: "http://localhost:8080/status",
  status: {
    overall: "partly",
    sentence: "Log in works partly",
    measuredAt: morning("09:13:55"),
    components: names.map(([id, name, state]) => ({
      ...{ id, name, state },
      since: state === "partly" ? morning("08:41:12") : null,
      days: days(id === "log-in", state !== "not-offered"),
      uptime: state === "not-offered" ? null : id === "log-in" ? 0.9998 : 1,
    })),
    incidents: [],
  },
  components: names.map(([id, , state]) => ({
    id,
    measured: state === "partly" ? "works" : state,
    override:
      state === "partly"
        ? { state: "partly", by: jonas, at: morning("08:58:40"), reason: "Two are still out" }
        : null,
  })),
  incidents: [
    {
      incident: incident_id,
      number: "INC-0041",
      title: "Log in, on iPhones with iOS 27",
      state: "watching",
      updates: [
        {
          id: "upd_0000000000000000000002",
          at: morning("09:04:10"),
          state: "watching",
          text: "Everybody has had the version before it again since 08:53. Nobody needs to do anything.",
          amendedBy: jonas,
        },
        {
          id: "upd_0000000000000000000001",
          at: morning("08:58:40"),
          state: "looking-into-it",
          text: "Some people with iOS 27 can’t log in with our newest version. Payments and balances work.",
          amendedBy: null,
        },
      ],
    },
  ],
  subscribers: 214,
};
