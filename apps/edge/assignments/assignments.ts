import { Counter, Gauge } from "prom-client";
import { Value } from "typebox/value";
import type { Clock, Random } from "@mainstay/kernel";
import type { Logger, Metrics } from "@mainstay/platform";
import { VersionSchema } from "@mainstay/wire";
import { rescan_ms_min, type Catalog } from "../catalog.ts";
import { answerProblem, type EdgeProblem } from "../problems.ts";
import { readBody } from "../read-body.ts";
import { answerJson, is, queryOf, type Exchange, type Route } from "../route.ts";
import { createApiWords, type ApiWords } from "./api-words.ts";
import { createAssigner, type Assigner } from "./assigner.ts";
import type { ControlClient } from "./control-client.ts";
import { createAssignmentEvents, type AssignmentEvents } from "./events.ts";
import type { PlanSource } from "./plan-keeper.ts";
import { createRate } from "./rate.ts";
import { createReports, type Reports, type ReportsOutcome } from "./reports.ts";
import { createSeen, type Seen } from "./seen.ts";

/** Who gets which version, and what becomes of it. */
export type Assignments = {
  readonly routes: readonly Route[];
  readonly apiWords: ApiWords;
  /** For other routes that answer by the same plan: those of native shells' update plugin. */
  readonly assigner: Assigner;
  readonly reports: Reports;
  /** Looks at which versions there are; the routes do so too. */
  readonly refresh: () => Promise<boolean>;
  readonly stop: () => void;
};

type Deps = {
  readonly edgeSecret: string;
  readonly origin: string;
  readonly catalog: Catalog;
  readonly plan: PlanSource;
  readonly control: Pick<ControlClient, "sendSignals">;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly metrics: Metrics;
};

/** A version in a query: null where it isn't said, undefined where it isn't one. */
function versionIn(query: URLSearchParams, name: string): string | null | undefined {
  const said = query.get(name);
  return said === null || Value.Check(VersionSchema, said) ? said : undefined;
}

/** How often one installation may ask for its assignment in a minute. */
export const assignments_per_minute_max = 120;

type AssignmentRoom = {
  readonly assigner: Assigner;
  readonly seen: Seen;
  readonly isWithinRate: (installation: string) => boolean;
};

async function answerAssignment(
  { assigner, seen, isWithinRate }: AssignmentRoom,
  { request, response }: Exchange,
): Promise<void> {
  const query = queryOf(request);
  const [failed, running] = [versionIn(query, "failed"), versionIn(query, "running")];
  if (failed === undefined || running === undefined) {
    answerProblem(response, "bad_request");
    return;
  }
  const client = assigner.clientOf(request);
  if (!client.isNew && !isWithinRate(client.installation.i)) {
    answerProblem(response, "too_many_requests", { retryAfterSeconds: 60 });
    return;
  }
  const given = await assigner.assign(client, { failed, running });
  if (given === null) {
    answerProblem(response, "no_version", { retryAfterSeconds: 5 });
    return;
  }
  // What a client says that it runs is its own word: only what was given is counted.
  if (running === null) seen.note(given.installation.i, client.device.platform, given.assignment.version);
  response.appendHeader(...assigner.headerFor(request, given.installation));
  answerJson(response, 200, given.assignment);
}

function answerEvents(
  { assigner, events }: { readonly assigner: Assigner; readonly events: AssignmentEvents },
  { request, response }: Exchange,
): void {
  const running = versionIn(queryOf(request), "running");
  if (running === undefined) {
    answerProblem(response, "bad_request");
    return;
  }
  const version = running ?? assigner.clientOf(request).installation.a;
  if (version === null) answerProblem(response, "bad_request");
  else events.listen(request, response, version);
}

const report_problems: Readonly<Record<Exclude<ReportsOutcome, "taken">, EdgeProblem>> = {
  garbled: "bad_request",
  "too many": "too_many_requests",
  later: "reports_kept",
};

function answerReports(
  { assigner, reports }: { readonly assigner: Assigner; readonly reports: Reports },
  { request, response }: Exchange,
): Promise<void> {
  return new Promise((done, fail) => {
    readBody(request, (body) => {
      if (body === "too large") {
        response.setHeader("connection", "close");
        answerProblem(response, "body_too_large");
        done();
        return;
      }
      if (assigner.clientOf(request).forced !== null) {
        // What a check sees is in its own matrix, and no evidence about customers.
        response.writeHead(204).end();
        done();
        return;
      }
      const taking = reports.take(body?.toString("utf8") ?? "").then((outcome) => {
        if (outcome === "taken") response.writeHead(204).end();
        else answerProblem(response, report_problems[outcome], { retryAfterSeconds: 10 });
      });
      taking.then(done, fail);
    });
  });
}

function measure(deps: Deps, { events, seen }: { events: AssignmentEvents; seen: Seen }) {
  const registers = [deps.metrics.registry];
  void new Gauge({
    name: "edge_installations",
    help: "Installations seen by this edge within the last day, by platform and version.",
    labelNames: ["platform", "version"],
    registers,
    collect() {
      this.reset();
      for (const { platform, version, count } of seen.counts()) this.set({ platform, version }, count);
    },
  });
  void new Gauge({
    name: "edge_assignment_streams",
    help: "Clients that listen for their assignment now, by the version that they run.",
    labelNames: ["version"],
    registers,
    collect() {
      this.reset();
      for (const [version, count] of events.counts()) this.set({ version }, count);
    },
  });
  void new Gauge({
    name: "edge_plan_age_seconds",
    help: "Time since control was heard; above 60 no installation is newly put on a candidate.",
    registers,
    collect() {
      this.set(deps.plan.ageMs() / 1_000);
    },
  });
  return new Counter({
    name: "edge_boot_reports_total",
    help: "Reports of the boot layer that control has taken, by kind and version.",
    labelNames: ["kind", "version"],
    registers,
  });
}

/** Makes the room: what decides, what is told, and the routes. A change of the plan is told at once. */
export function createAssignments(deps: Deps): Assignments {
  const assigner = createAssigner(deps);
  const events = createAssignmentEvents({ assigner });
  const seen = createSeen(deps.clock);
  const isWithinRate = createRate({ clock: deps.clock, per_minute_max: assignments_per_minute_max });
  const reported = measure(deps, { events, seen });
  const reports = createReports({
    ...deps,
    activations: assigner.activations,
    onReport: (kind, version) => reported.inc({ kind, version }),
  });
  const look = async () => {
    try {
      if (await assigner.refresh()) events.tellAll();
    } catch (error) {
      deps.log.error({ err: error }, "the catalog couldn't be read: versions stay as they were");
    }
  };
  deps.plan.onChange(() => {
    // Whoever is on a version that was taken back hears it before anything is read from the disk.
    events.tellAll();
    void look();
  });
  const timer = setInterval(() => void look(), rescan_ms_min).unref();
  return {
    apiWords: createApiWords({ assigner, clock: deps.clock }),
    assigner,
    reports,
    refresh: assigner.refresh,
    stop: () => {
      clearInterval(timer);
      events.stop();
    },
    routes: [
      {
        name: "/assignment",
        matches: is("/assignment"),
        answer: (exchange) => answerAssignment({ assigner, seen, isWithinRate }, exchange),
      },
      {
        name: "/assignment/events",
        matches: is("/assignment/events"),
        answer: (exchange) => answerEvents({ assigner, events }, exchange),
      },
      {
        name: "/boot/reports",
        matches: is("/boot/reports"),
        methods: ["POST"],
        answer: (exchange) => answerReports({ assigner, reports }, exchange),
      },
    ],
  };
}
