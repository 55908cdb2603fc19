import { Value } from "typebox/value";
import { DemandedJourneysSchema, type CheckRun, type DemandedJourney } from "@mainstay/wire";
import type { StartSettings } from "../start/environment.ts";
import type { ControlClient } from "./control-client.ts";

/** A version in the catalog that control doesn't know yet, and the Mainstay that it is published to. */
export type Unregistered = {
  readonly version: string;
  readonly control: ControlClient;
  readonly settings: Pick<StartSettings, "port" | "dataFolder">;
  readonly say: (line: string) => void;
};

/** Of a version: passes what incidents demand, or doesn't, or couldn't be tried; with a sentence why. */
export type Demanded =
  | { readonly state: "passes" }
  | { readonly state: "fails" | "untried"; readonly sentence: string };

const quoted = ({ title, journey, incident }: DemandedJourney): string =>
  `“${title}” (${journey}, ${incident})`;

/** What is demanded. Where control doesn't say, it refuses the version itself if there is anything. */
async function readDemanded(control: ControlClient): Promise<readonly DemandedJourney[]> {
  const answer = await control.ask("GET", "/internal/demanded-checks");
  return answer?.ok === true && Value.Check(DemandedJourneysSchema, answer.body) ? answer.body.demanded : [];
}

/** Says in one sentence which demanded journeys failed, where the first one did, and what is there to see. */
function sentenceOn(version: string, demanded: readonly DemandedJourney[], run: CheckRun): string | null {
  const isRed = ({ result }: CheckRun["cells"][number]): boolean =>
    result === "failed" || (result === "skipped" && run.stable !== null);
  const red = run.cells.filter(isRed);
  const [first] = red;
  if (first === undefined) return null;
  const failed = demanded.filter(({ journey }) => red.some((cell) => cell.journey === journey));
  const broken = first.steps.find(({ passed }) => !passed);
  const at = broken === undefined ? "" : `, at “${broken.title}”`;
  const reason = first.reason === null ? "" : ` (${first.reason})`;
  return `every version must pass ${failed.map(quoted).join(" and ")}, and ${version} fails it${at}${reason}`;
}

/**
 * Has a version, which is in the catalog and isn't known to control yet, run in a real browser what incidents
 * demand of every version. Control has the run when this answers.
 */
export async function passDemands({ version, control, settings, say }: Unregistered): Promise<Demanded> {
  const demanded = await readDemanded(control);
  if (demanded.length === 0) return { state: "passes" };
  say(`${version} must pass what incidents demand of every version: ${demanded.map(quoted).join(", ")}.`);
  try {
    // A browser is loaded for nothing else.
    const { checkDemanded } = await import("./check.ts");
    const journeys = demanded.map(({ journey }) => journey);
    const run = await checkDemanded({ version, settings, say }, journeys);
    const sentence = sentenceOn(version, demanded, run);
    return sentence === null ? { state: "passes" } : { state: "fails", sentence };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    return { state: "untried", sentence: `what incidents demand of every version couldn't be tried: ${why}` };
  }
}
