import { sleep } from "@mainstay/platform";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import type { Affected, AffectedPage, Incident, IncidentState, Incidents, Releases } from "@mainstay/wire";
import type { FleetHttp } from "../fleet/http.ts";
import type { Replay } from "../scene.ts";
import type { SceneResult } from "../scenes.ts";
import { openScratchDatabase, readEmails } from "../store.ts";
import { tryToPublish } from "../versions.ts";
import { messageAffected, recipientsOf } from "./messages.ts";
import { closeReview, demanded_journey } from "./review.ts";
import { waitForStatus, type StatusStep } from "./status-steps.ts";
import { outagesOf, type Outage, type Span } from "./truth.ts";

/** How far a time of the record may lie from the fleet's own, in milliseconds. */
const time_ms_max = 1_000;
/** How long the incident and its list may take after the rollback, in milliseconds. */
const opened_ms_max = 30_000;
const look_ms = 250;

/** What the aftermath comes to. */
export type AftermathFigures = {
  /** Customers whom the version kept out, by the fleet's own log. */
  readonly affected: number;
  /** Customers to whom the mail server was given a message. */
  readonly messaged: number;
  /** Whether the two are the same people, the record's list too, and nobody was written to twice. */
  readonly sets_equal: boolean;
  /** Whether everybody's first and last failure and return are right to the second. */
  readonly times_exact: boolean;
  readonly status_steps_right: boolean;
  readonly review_pdf: boolean;
  readonly second_publish_refused: boolean;
};

/** The files in which what it left is to be read. */
export type AftermathPlaces = {
  /** Those affected, as a table. */
  readonly affected: string;
  /** The status page, as the public read it at the last step. */
  readonly status: string;
  /** The message as it was signed. */
  readonly message: string;
  readonly review: string;
};

/** What the aftermath needs of the story before it. */
export type AftermathParts = {
  readonly http: FleetHttp;
  readonly total: SceneResult;
  readonly emailOfPhone: (phone: number) => string;
  readonly emailOfWindow: (window: number) => string;
  /** The build with the mistake, and the version as which it is published again. */
  readonly again: { readonly folder: string; readonly version: string };
  /** Keeps a document under a name; answers its path. */
  readonly keep: (name: string, document: string | Buffer) => string;
};

/** Waits for something to be there; throws where it isn't in time. */
async function present<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = performance.now() + opened_ms_max; ;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new OperatorError(`${what} isn't there in time.`);
    await sleep(look_ms);
  }
}

function findIncident({ staff: [first] }: Replay, version: string) {
  return present(`An incident of ${version}`, async () => {
    const { incidents } = await first.ask<Incidents>("GET", "/api/incidents");
    return incidents.find(({ scope, state }) => scope.versions.includes(version) && state !== "merged");
  });
}

/** The whole list of those affected, once everybody on it is back. */
function readAffected({ staff: [first] }: Replay, incident: string, people: number): Promise<Affected[]> {
  return present("The list of those affected", async () => {
    const rows: Affected[] = [];
    for (let next: string | null = ""; next !== null;) {
      const after: string = next === "" ? "" : `?after=${encodeURIComponent(next)}`;
      const page: AffectedPage = await first.ask("GET", `/api/incidents/${incident}/affected${after}`);
      rows.push(...page.affected);
      ({ next } = page);
    }
    return rows.length >= people && rows.every(({ backAt }) => backAt !== null) ? rows : undefined;
  }).catch(() => []);
}

function isNear(recorded: string | null, noted: Span | null): boolean {
  if (recorded === null || noted === null) return recorded === noted;
  const at = Date.parse(recorded);
  return at >= noted.from - time_ms_max && at <= noted.until + time_ms_max;
}

/** Whether a row of the record tells the same of a phone as the phone itself. */
function isSame(row: Affected, outage: Outage): boolean {
  return (
    isNear(row.firstFailureAt, outage.firstFailure) &&
    isNear(row.lastFailureAt, outage.lastFailure) &&
    isNear(row.backAt, outage.back)
  );
}

/** Rows that tell of no phone's story, and stories that no row tells of: none where all times are exact. */
function unmatched(
  rows: readonly Affected[],
  outages: readonly Outage[],
  emails: ReadonlyMap<string, string>,
): { readonly rows: readonly Affected[]; readonly outages: readonly Outage[] } {
  const left = [...outages];
  const strangers = rows.filter((row) => {
    const email = emails.get(row.customer ?? "");
    const at = left.findIndex((outage) => outage.email === email && isSame(row, outage));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { rows: strangers, outages: left };
}

function isSameSet(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size === other.size && [...one].every((member) => other.has(member));
}

/** The e-mail addresses of customers on the list, by their references. */
async function emailsOf({ bank }: Replay, rows: readonly Affected[]): Promise<ReadonlyMap<string, string>> {
  const database = openScratchDatabase(bank.mainstay.databases.bank.url);
  try {
    return await readEmails(
      database,
      rows.flatMap(({ customer }) => (customer === null ? [] : [customer])),
    );
  } finally {
    await database.close();
  }
}

/** Moves the incident on, and looks at what the public reads. Answers what was wrong, or null. */
async function step(
  { staff: [first], tell }: Replay,
  http: FleetHttp,
  incident: { readonly id: string; readonly number: string; readonly from: IncidentState },
  to: { readonly state: IncidentState; readonly status: StatusStep },
): Promise<string | null> {
  await first.ask<Incident>("PATCH", `/api/incidents/${incident.id}`, {
    commandId: first.commandId(),
    expectedState: incident.from,
    state: to.state,
    reason: `The replay goes on: ${to.state}`,
    ...(to.state === "investigating" ? { command: true } : {}),
  });
  const wrong = await waitForStatus(http, incident.number, to.status);
  tell(
    `${incident.number} is ${to.state}; the status page ${wrong === null ? "says so" : `is wrong: ${wrong}`}`,
  );
  return wrong;
}

const steps: readonly { readonly state: IncidentState; readonly status: StatusStep }[] = [
  { state: "investigating", status: { state: "looking-into-it", logInWorks: false } },
  { state: "identified", status: { state: "cause-found", logInWorks: false } },
  { state: "monitoring", status: { state: "watching", logInWorks: true } },
  { state: "resolved", status: { state: "works-again", logInWorks: true } },
];

/** Publishes the build with the mistake under a new name; answers whether that is refused, whole. */
async function isPublishingRefused(
  { bank, staff: [first], tell }: Replay,
  { folder, version }: AftermathParts["again"],
): Promise<boolean> {
  const { code, said } = await tryToPublish(bank, { folder, version, summary: "Quicker log-in, again" });
  const { versions } = await first.ask<Releases>("GET", "/api/releases");
  const isKnown = versions.some((known) => known.version === version);
  const sentence = said.trim().split("\n").at(-1) ?? "";
  tell(`${version}, the same mistake, ${code === 0 ? "was published" : `is refused: ${sentence}`}`);
  return code === 1 && !isKnown && said.includes(demanded_journey);
}

/** Goes on where the guard took a version back: incident, list, message, status, review, publishing again. */
export async function playAftermath(
  replay: Replay,
  parts: AftermathParts,
): Promise<{ readonly figures: AftermathFigures; readonly places: AftermathPlaces }> {
  const {
    bank,
    tell,
    staff: [first],
  } = replay;
  const { http, total, keep } = parts;
  const { version } = total.rollout;
  const found = await findIncident(replay, version);
  tell(`${found.number} was opened by ${found.openedBy.name}: ${found.title}`, new Date(found.openedAt));
  const wrong: (string | null)[] = [
    await waitForStatus(http, found.number, { state: "looking-into-it", logInWorks: false }),
  ];
  const outages = outagesOf({ version, ...total, ...parts });
  const rows = await readAffected(replay, found.id, outages.length);
  let from = found.state;
  for (const to of steps.slice(0, -1)) {
    if (to.state === from) continue;
    wrong.push(await step(replay, http, { ...found, from }, to));
    from = to.state;
  }
  const message = await messageAffected(replay, found.id);
  const mails = await recipientsOf(bank.settings.port + 2, message.subject);
  const last = steps.at(-1);
  if (last !== undefined) wrong.push(await step(replay, http, { ...found, from }, last));
  const emails = await emailsOf(replay, rows);
  const truth = new Set(outages.map(({ email }) => email));
  const mailed = new Set(mails);
  const listed = new Set(emails.values());
  tell(`${truth.size} customers were kept out, ${listed.size} are on the list, ${mailed.size} had a message`);
  const strange = unmatched(rows, outages, emails);
  const areTimesExact = strange.rows.length === 0 && strange.outages.length === 0;
  if (!areTimesExact) tell(`times differ: ${JSON.stringify(strange)}`);
  const review = await closeReview(replay, found.id, keep);
  const isRefused = await isPublishingRefused(replay, parts.again);
  return {
    figures: {
      affected: truth.size,
      messaged: mailed.size,
      sets_equal: isSameSet(truth, listed) && isSameSet(truth, mailed) && mails.length === mailed.size,
      times_exact: areTimesExact,
      status_steps_right: wrong.every((why) => why === null),
      review_pdf: review.isClosed && review.isPdf,
      second_publish_refused: isRefused,
    },
    places: {
      affected: keep("affected.csv", await first.download(`/api/incidents/${found.id}/affected.csv`)),
      status: keep("status.html", await http.download("/status", {})),
      message: keep("message.txt", `${message.subject}\n\n${message.text}\n`),
      review: review.pdf,
    },
  };
}
