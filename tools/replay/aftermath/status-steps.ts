import { sleep } from "@mainstay/platform";
import { Value } from "typebox/value";
import { StatusSchema, type Status } from "@mainstay/wire";
import type { FleetHttp } from "../fleet/http.ts";

/** How long the public page may be behind what happened, in milliseconds: probes and the edge's copy. */
const behind_ms_max = 90_000;
const look_ms = 500;

/** What the public should read at one step of an incident. */
export type StatusStep = {
  readonly state: "looking-into-it" | "cause-found" | "watching" | "works-again";
  /** Whether "log in" is said to work. */
  readonly logInWorks: boolean;
};

async function read(http: FleetHttp, path: string): Promise<string> {
  const answer = await http.ask({ method: "GET", path, headers: {}, body: undefined });
  return answer.status === 200 ? answer.text : "";
}

/** Reads the public status as a program would. */
export async function readStatus(http: FleetHttp): Promise<Status | null> {
  const text = await read(http, "/status.json");
  const status: unknown = text === "" ? null : JSON.parse(text);
  return Value.Check(StatusSchema, status) ? status : null;
}

const words: Readonly<Record<StatusStep["state"], string>> = {
  "looking-into-it": "Looking into it",
  "cause-found": "Cause found",
  watching: "Watching",
  "works-again": "Works again",
};

/** Says in which way page, JSON and feed aren't what a step asks; null where all three are right. */
async function whyNot(http: FleetHttp, number: string, step: StatusStep): Promise<string | null> {
  const status = await readStatus(http);
  if (status === null) return "there is no /status.json";
  const incident = status.incidents.find((found) => found.number === number);
  if (incident === undefined) return `${number} isn't in /status.json`;
  if (incident.state !== step.state) return `/status.json says ${incident.state}`;
  const logIn = status.components.find(({ id }) => id === "log-in");
  if ((logIn?.state === "works") !== step.logInWorks)
    return `log in is said to be ${logIn?.state ?? "missing"}`;
  if ((status.overall === "works") !== step.logInWorks) return `overall is ${status.overall}`;
  const term = `<category term="${step.state}"/>`;
  if (!(await read(http, "/status.atom")).includes(term)) return "the feed lacks the step";
  if (!(await read(http, "/status")).includes(words[step.state])) return "the page lacks the step";
  return null;
}

/** Waits until the public reads what it should; answers null, or what was still wrong when time was over. */
export async function waitForStatus(
  http: FleetHttp,
  number: string,
  step: StatusStep,
): Promise<string | null> {
  for (const deadline = performance.now() + behind_ms_max; ;) {
    const wrong = await whyNot(http, number, step);
    if (wrong === null || performance.now() > deadline) return wrong;
    await sleep(look_ms);
  }
}
