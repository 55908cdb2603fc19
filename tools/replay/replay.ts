import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Random } from "@mainstay/kernel";
import { playAftermath, type AftermathFigures, type AftermathPlaces } from "./aftermath/aftermath.ts";
import type { SceneFigures } from "./figures.ts";
import { emailOfCustomer } from "./fleet/customers.ts";
import { writeReport } from "./report.ts";
import { playOutage, playSegmentBreak, playTotalBreak, type SceneResult } from "./scenes.ts";
import type { ScratchBank } from "./scratch.ts";
import { onStage, type Stage } from "./stage.ts";
import { buildFaulty, publish, runProgram } from "./versions.ts";
import { emailOfWindow } from "./windows.ts";

/** Where the report is put; the documents that the story leaves lie in a folder beside it. */
const results_folder = join(import.meta.dirname, "../../benches/results");

/** What the story itself comes to: a release that nobody can log in with, and all that follows from it. */
type StoryFigures = AftermathFigures & {
  readonly check_stopped_it: boolean;
  readonly total: SceneFigures;
  readonly ledger_ok: boolean;
};

/** What the replay ends with. */
export type ReplayFigures = StoryFigures & {
  readonly segment: SceneFigures;
  readonly outage: { readonly blamed_candidate: boolean };
};

/** What plays are told by. */
type ReplayParts = {
  readonly clock: Clock;
  readonly random: Random;
  readonly say: (line: string) => void;
};

/** The minor version after so many others. */
function versionAfter(version: string, steps: number): string {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return `${major}.${minor + steps}.0`;
}

/** Has the ledger's checker look at the scratch bank's book. */
async function isLedgerRight(bank: ScratchBank): Promise<boolean> {
  const { port, dataFolder } = bank.settings;
  const { code } = await runProgram(["tools/ledger-check/main.ts"], {
    environment: { MAINSTAY_PORT: String(port), MAINSTAY_DATA: dataFolder },
  });
  return code === 0;
}

/** What the story's two parts came to. */
type Story = {
  readonly total: SceneResult & { readonly check_stopped_it: boolean };
  readonly aftermath: { readonly figures: AftermathFigures; readonly places: AftermathPlaces };
};

/** Plays the release with which nobody can log in, and its aftermath. `folder` gets its documents. */
async function playStory({ replay, stable, http }: Stage, folder: string): Promise<Story> {
  const { bank, fleet, tell } = replay;
  const version = versionAfter(stable, 1);
  const faulty = await buildFaulty(bank);
  await publish(bank, { folder: faulty, version, summary: "Quicker log-in" });
  tell(`${version} is published: it conflicts with the login protocol that it declares`);
  const total = await playTotalBreak(replay, version);
  const aftermath = await playAftermath(replay, {
    http,
    total,
    emailOfPhone: (phone) => emailOfCustomer(fleet.phones[phone]?.customer ?? phone),
    emailOfWindow,
    again: { folder: faulty, version: versionAfter(stable, 2) },
    keep: (name, document) => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, name), document);
      return join(folder, name);
    },
  });
  return { total, aftermath };
}

/** Plays the story alone, on a fleet small enough for the tests; `folder` gets its documents. */
export function playSmallStory(parts: ReplayParts, folder: string): Promise<StoryFigures> {
  return onStage({ ...parts, size: "tiny" }, async (stage) => {
    const { total, aftermath } = await playStory(stage, folder);
    return {
      check_stopped_it: total.check_stopped_it,
      total: total.figures,
      ...aftermath.figures,
      ledger_ok: await isLedgerRight(stage.replay.bank),
    };
  });
}

/** What a replay came to. */
export type ReplayOutcome = {
  readonly figures: ReplayFigures;
  readonly reportPath: string;
  readonly places: AftermathPlaces;
};

/**
 * Plays all of it on a bank of its own: a release with which nobody can log in and what follows from it, one
 * that breaks a segment, and an outage that no release is to blame for.
 */
export function playReplay(parts: ReplayParts & { readonly isSmall: boolean }): Promise<ReplayOutcome> {
  const size = parts.isSmall ? "small" : "full";
  return onStage({ ...parts, size }, async (stage) => {
    const { replay, stable, timeline } = stage;
    const { bank } = replay;
    const built = bank.mainstay.customerBuild;
    const { total, aftermath } = await playStory(stage, join(results_folder, "login-outage"));
    const partly = versionAfter(stable, 3);
    await publish(bank, { folder: built, version: partly, summary: "New passkey sheet on Android" });
    const segment = await playSegmentBreak(replay, partly);
    const good = versionAfter(stable, 4);
    await publish(bank, { folder: built, version: good, summary: "Clearer words" });
    const outage = await playOutage(replay, good);
    const figures: ReplayFigures = {
      check_stopped_it: total.check_stopped_it,
      total: total.figures,
      ...aftermath.figures,
      segment: segment.figures,
      outage: { blamed_candidate: outage.blamed_candidate },
      ledger_ok: await isLedgerRight(bank),
    };
    const scenes = { total, segment, outage };
    const report = { figures, timeline, scenes, aftermath: aftermath.figures };
    return {
      figures,
      reportPath: writeReport(report, results_folder),
      places: aftermath.places,
    };
  });
}
