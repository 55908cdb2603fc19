import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Value } from "typebox/value";
import { newId } from "@mainstay/kernel";
import { isVersion } from "@mainstay/catalog";
import { systemClock, systemRandom } from "@mainstay/platform";
import { OperatorError } from "@mainstay/platform/embedded-postgres";
import {
  InternalRolloutsSchema,
  OperatorDoneSchema,
  PlanSchema,
  ProtocolRetiredSchema,
  ProtocolsNeededSchema,
  type Plan,
} from "@mainstay/wire";
import { portsOf } from "../start/environment.ts";
import { flag, required, text, type Command } from "./command.ts";
import { readPlatforms } from "./platforms.ts";
import type { Scene } from "./scene.ts";

const percent = (share: number) => `${Math.round(share * 1_000) / 10} %`;

const status: Command = {
  usage: "",
  does: "says which rollouts are under way",
  options: {},
  words: 0,
  run: async ({ control, say }) => {
    const answer = await control().demand("GET", "/internal/rollouts");
    const rollouts = Value.Check(InternalRolloutsSchema, answer) ? answer.rollouts : [];
    if (rollouts.length === 0) say("No rollout is under way, and none was.");
    for (const { id, version, platforms, state, share, logEvidence, attention } of rollouts) {
      const evidence = logEvidence === null ? "" : `log evidence ${logEvidence.toFixed(2)}`;
      const words = [id, version, platforms.join(","), state, percent(share), evidence, attention ?? ""];
      say(words.filter(Boolean).join("  "));
    }
    return 0;
  },
};

/** What an operator may do from the machine, one person alone: the two that only make things safer. */
function operatorCommand(verb: "pause" | "roll-back", does: string): Command {
  return {
    usage: '<rollout> --reason "…"',
    does,
    options: { reason: text },
    words: 1,
    run: async (scene, words) => {
      const rollout = encodeURIComponent(words.positionals[0] ?? "");
      return command(scene, `/internal/rollouts/${rollout}/${verb}`, required(words, "reason"));
    },
  };
}

async function command({ control, say }: Scene, path: string, reason: string): Promise<number> {
  const commandId = newId("cmd", { clock: systemClock, random: systemRandom });
  const answer = await control().demand("POST", path, { commandId, reason });
  const state = Value.Check(OperatorDoneSchema, answer) ? answer.state : null;
  say(`Done${state === null ? "" : `: ${state}`}.`);
  return 0;
}

const rollBackStable: Command = {
  usage: '<platform> --reason "…"',
  does: "takes a platform's stable version back to the one before it",
  options: { reason: text },
  words: 1,
  run: async (scene, words) => {
    const [platform] = readPlatforms(words.positionals[0] ?? "");
    return command(scene, `/internal/platforms/${platform}/roll-back-stable`, required(words, "reason"));
  },
};

const protocols: Command = {
  usage: "",
  does: "says which versions need each login protocol",
  options: {},
  words: 0,
  run: async ({ control, say }) => {
    const answer = await control().demand("GET", "/internal/protocols");
    const needed = Value.Check(ProtocolsNeededSchema, answer) ? answer.needed : [];
    for (const { protocol, versions } of needed) {
      say(`${protocol}  ${versions.length === 0 ? "needed by no version" : versions.join(", ")}`);
    }
    return 0;
  },
};

const retireProtocol: Command = {
  usage: "<protocol, like login/1>",
  does: "has the bank stop accepting a login protocol; refused while a live version or a rollback needs it",
  options: {},
  words: 1,
  run: async ({ control, say }, { positionals: [protocol = ""] }) => {
    const answer = await control().demand("POST", "/internal/retire-protocol", { protocol });
    const accepted = Value.Check(ProtocolRetiredSchema, answer) ? answer.accepted : [];
    say(`${protocol} is retired. Accepted from now on: ${accepted.join(", ")}.`);
    return 0;
  },
};

/** What control alone does, because it asks who it is and often a second person. */
function consoleCommand(what: string): Command {
  return {
    usage: "<version or rollout>",
    does: `is done in the console, by name and with a passkey: ${what}`,
    options: { platforms: text },
    words: 1,
    run: async ({ settings }) => {
      const { control } = portsOf(settings.port);
      throw new OperatorError(
        `${what} takes a person who is logged in: open http://console.localhost:${control}/releases.`,
      );
    },
  };
}

function readTakenBack(path: string): Plan["takenBack"] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Value.Check(PlanSchema.properties.takenBack, parsed) ? parsed : [];
  } catch {
    return [];
  }
}

const takeBackAtEdge: Command = {
  usage: "<version> [--platforms ios,android,web] [--undo]",
  does: "takes a version back at the edge itself, within a second, with control away too",
  options: { platforms: text, undo: flag },
  words: 1,
  run: async ({ edgeState, say }, { positionals: [version = ""], values }) => {
    if (!isVersion(version))
      throw new OperatorError(`"${version}" is no version: it is three numbers, like 1.4.0.`);
    const written = typeof values["platforms"] === "string" ? values["platforms"] : "ios,android,web";
    const path = join(edgeState, "taken-back.json");
    const others = readTakenBack(path).filter((entry) => entry.version !== version);
    const platforms = readPlatforms(written);
    const entries = values["undo"] === true ? others : [...others, { version, platforms }];
    mkdirSync(edgeState, { recursive: true });
    const half = `${path}.${randomUUID()}`;
    writeFileSync(half, `${JSON.stringify(entries, undefined, 2)}\n`);
    renameSync(half, path);
    say(
      values["undo"] === true
        ? `The edge's own word against ${version} is gone; control's plan decides.`
        : `The edge takes ${version} back on ${platforms.join(", ")}. --undo undoes it, once control knows.`,
    );
    return 0;
  },
};

/** The commands that have control, or the edge in an emergency, do something. */
export const rollout_commands: Readonly<Record<string, Command>> = {
  status,
  start: consoleCommand("Starting a rollout"),
  advance: consoleCommand("Advancing a rollout"),
  resume: consoleCommand("Resuming a rollout"),
  pause: operatorCommand("pause", "pauses a rollout: who is healthy on it keeps it, nobody else gets it"),
  "roll-back": operatorCommand("roll-back", "takes a rollout's version back from everybody, at once"),
  "roll-back-stable": rollBackStable,
  protocols,
  "retire-protocol": retireProtocol,
  "take-back-at-edge": takeBackAtEdge,
};
