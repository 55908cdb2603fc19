import type { StaticFile } from "@mainstay/platform";
import type { Approval, Releases, Rollout, StaffSession } from "@mainstay/wire";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { bankAnswer } from "./bank-answers.ts";
import { approvals, matrix } from "./checks.ts";
import { incidentAnswers } from "./incident-answers.ts";
import { figures_now, healthy_id, rolled_back_id } from "./moment.ts";
import { healthy, healthySeries, logInsTold, rolledBack, rolledBackSeries } from "./rollouts.ts";
import { freshReleases, release, releases } from "./versions.ts";

/** What the console asked this server to do. */
export type Commanded = { readonly path: string; readonly body: unknown };

const amara: StaffSession = {
  staff: { id: "staff_0000000000000000000001", name: "Amara Cole", roles: ["release-manager", "onboarding"] },
  expiresAt: new Date(figures_now.getTime() + 900_000).toISOString(),
};

/**
 * Control's part, as far as the releases pages ask for it, with invented figures. It knows one command:
 * rolling back, after which the healthy rollout is one that was taken back.
 */
export function standInForControl(files: ReadonlyMap<string, StaticFile>): {
  readonly server: Server;
  readonly commanded: readonly Commanded[];
  /** Goes back to a bank on its first day, or to the busy one. */
  readonly setFresh: (isFresh: boolean) => void;
  /** What happens to the incident beside what the page asks for. */
  readonly incidents: Pick<ReturnType<typeof incidentAnswers>, "setSent" | "setSomebodyElse">;
} {
  const commanded: Commanded[] = [];
  const streams = new Set<ServerResponse>();
  let isFresh = false;
  let isTakenBack = false;
  let waiting: readonly Approval[] = approvals;
  const incidents = incidentAnswers();

  const rolloutOf = (id: string): Rollout | null => {
    if (id === rolled_back_id) return rolledBack("guard");
    if (id !== healthy_id) return null;
    return isTakenBack ? takenBack() : healthy;
  };
  const list = (): Releases => (isFresh ? freshReleases() : isTakenBack ? afterRollback() : releases());

  function read(url: URL): unknown {
    if (isFresh && url.pathname === "/api/incidents") return { incidents: [], open: 0 };
    const told = incidents.read(url);
    if (told !== undefined) return told;
    const path = url.pathname;
    const [, kind = "", name = "", part] = path.slice("/api".length).split("/");
    if (kind === "staff") return amara;
    if (kind === "bank") return bankAnswer(url);
    if (kind === "approvals") {
      return { approvals: waiting, waiting: waiting.filter(({ state }) => state === "waiting").length };
    }
    if (kind === "checks") return matrix(name);
    if (kind === "releases") return name === "" ? list() : release(name);
    if (kind !== "rollouts") return null;
    if (part === "log-ins") return { logIns: logInsTold() };
    if (part === "series") return name === rolled_back_id ? rolledBackSeries() : healthySeries();
    return rolloutOf(name);
  }

  function change(path: string, body: unknown): unknown {
    const done = incidents.change(path, body as Record<string, unknown>);
    if (done !== undefined) return done;
    commanded.push({ path, body });
    if (path.endsWith("/roll-back")) {
      isTakenBack = true;
      const event = JSON.stringify({ type: "changed", rollout: healthy_id, at: figures_now.toISOString() });
      for (const stream of streams) stream.write(`data: ${event}\n\n`);
      return { rollout: healthy_id, state: "rolled-back", approval: null };
    }
    if (path.endsWith("/decline")) {
      const [first, ...others] = waiting;
      waiting = first
        ? [{ ...first, state: "declined", decidedAt: figures_now.toISOString() }, ...others]
        : [];
      return waiting[0];
    }
    return null;
  }

  const answer = (response: ServerResponse, value: unknown) => {
    const status = value === null ? 404 : isProblem(value) ? value.status : 200;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(
      JSON.stringify(value ?? { code: "not_found", title: "There is no such thing.", status: 404 }),
    );
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://console.localhost");
    const path = url.pathname;
    if (/\/(events-)?stream$/.test(path)) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write('data: {"type":"ping"}\n\n');
      streams.add(response);
      request.on("close", () => streams.delete(response));
    } else if (!path.startsWith("/api/")) sendFile(files, path, response);
    else if (request.method === "GET") answer(response, read(url));
    else void bodyOf(request).then((body) => answer(response, change(path, body)));
  });
  return { server, commanded, setFresh: (fresh) => (isFresh = fresh), incidents };
}

function isProblem(value: unknown): value is { readonly status: number } {
  return typeof value === "object" && value !== null && "code" in value && "status" in value;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

function sendFile(files: ReadonlyMap<string, StaticFile>, path: string, response: ServerResponse): void {
  const file = files.get(path.slice(1)) ?? files.get("index.html");
  response.writeHead(file ? 200 : 404, { "content-type": file?.type ?? "text/plain" });
  response.end(file?.identity);
}

/** The healthy rollout once a person has taken it back. */
function takenBack(): Rollout {
  const gone = rolledBack("person");
  const endedAt = figures_now.toISOString();
  const by = { id: amara.staff.id, name: amara.staff.name };
  return {
    ...healthy,
    state: "rolled-back",
    stages: healthy.stages.map((stage) =>
      stage.state === "now" ? { ...stage, state: "taken-back", endedAt } : stage,
    ),
    people: 0,
    endedAt,
    endedBy: by,
    next: null,
    reason: "Complaints from shops",
    actions: gone.actions,
    events: [
      ...healthy.events,
      {
        at: endedAt,
        kind: "rolled-back",
        by,
        share: 0,
        people: 13_412,
        reason: "Complaints from shops",
        details: {},
      },
    ],
  };
}

function afterRollback(): Releases {
  const before = releases();
  return {
    ...before,
    active: [],
    versions: before.versions.map((row) =>
      row.state === "rolling-out" ? { ...row, state: "rolled-back" } : row,
    ),
  };
}
