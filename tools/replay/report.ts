import { escapeHtml } from "@mainstay/kernel";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { AftermathFigures } from "./aftermath/aftermath.ts";
import type { ReplayFigures } from "./replay.ts";
import { plotScene } from "./plot.ts";
import { alarmAtOf } from "./scene.ts";
import type { OutageResult, SceneResult } from "./scenes.ts";

/** What the report says; the figures are those that the command prints. */
export type Report = {
  readonly figures: ReplayFigures;
  readonly aftermath: AftermathFigures;
  readonly timeline: readonly { readonly at: Date; readonly what: string }[];
  readonly scenes: {
    readonly total: SceneResult;
    readonly segment: SceneResult;
    readonly outage: OutageResult;
  };
};

function tableOf(values: object): string {
  const rows = Object.entries(values).map(
    ([name, value]) => `<tr><th>${escapeHtml(name)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  return `<table>${rows.join("")}</table>`;
}

function sceneOf(title: string, scene: SceneResult): string {
  const { rollout, entries, figures } = scene;
  const alarmAt = alarmAtOf(rollout);
  const events = rollout.events.map(
    ({ at, kind, by, reason }) =>
      `<li><time>${escapeHtml(at.slice(11, 23))}</time> ${escapeHtml(kind)} (${escapeHtml(by.name)})` +
      `${reason === null ? "" : `: ${escapeHtml(reason)}`}</li>`,
  );
  return (
    `<h2>${escapeHtml(title)}</h2>${plotScene({ candidate: rollout.version, entries, alarmAt })}` +
    `${tableOf(figures)}<ol>${events.join("")}</ol>`
  );
}

const style =
  "body{font:14px/20px Inter,system-ui,sans-serif;max-width:800px;margin:32px auto;padding:0 20px}" +
  "th{text-align:left;font-weight:500;padding-right:24px}" +
  "td{text-align:right;font-variant-numeric:tabular-nums}" +
  "time{font-variant-numeric:tabular-nums;color:#51605e}h2{margin-top:40px}";

/** Writes the report with its plots, and the figures as JSON beside it, into a folder; answers its path. */
export function writeReport({ figures, timeline, scenes, aftermath }: Report, folder: string): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "login-outage.json"), `${JSON.stringify(figures, undefined, 2)}\n`);
  const lines = timeline.map(
    ({ at, what }) => `<li><time>${at.toISOString().slice(11, 23)}</time> ${escapeHtml(what)}</li>`,
  );
  const html =
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Replay of a log-in outage</title>` +
    `<style>${style}</style><h1>Replay of a log-in outage</h1><ol>${lines.join("")}</ol>` +
    sceneOf("A version with which nobody can log in, at 1 %", scenes.total) +
    `<h2>What followed</h2>${tableOf(aftermath)}` +
    sceneOf("A break of returning Android devices, at 20 %", scenes.segment) +
    `<h2>An outage of the bank, at 20 % of a good version</h2>${tableOf(figures.outage)}` +
    `<p>The rollout ended as ${escapeHtml(scenes.outage.rollout.state)}.</p></html>`;
  const path = join(folder, "login-outage.html");
  writeFileSync(path, `${html}\n`);
  return path;
}
