import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Signal } from "@mainstay/wire";
import { reckon } from "./reckoning.ts";
import {
  bad_version,
  createScene,
  good_version,
  installationOf,
  noon,
  signalOf,
  type Scene,
} from "./test-scene.ts";

let scene: Scene;

beforeAll(async () => {
  scene = await createScene();
});

afterAll(() => scene.close());

/** Ends a worker like a killed process, at its n-th step. */
class KilledError extends Error {}

/** Phones of one run, apart from those of every other. */
const phones = 4;

/** What phones do, in the order in which control is told of it, some of it twice. */
const tellings = fc.array(
  fc.record({
    phone: fc.integer({ min: 0, max: phones - 1 }),
    kind: fc.constantFrom(
      ...(["login-begun", "login-begun", "login-failed", "login-succeeded"] as const),
      ...(["boot-failed", "booted", "activated"] as const),
    ),
    at: fc.integer({ min: -1_000, max: 50 }),
    try: fc.integer({ min: 0, max: 4 }),
    isBad: fc.boolean(),
    isNamed: fc.boolean(),
    isTwice: fc.boolean(),
  }),
  { minLength: 1, maxLength: 25 },
);

async function affectedOf(incidentId: string, run: number) {
  const rows: Row[] = [];
  for await (const row of scene.incidents.readAllAffected(incidentId)) {
    const { out_ms: _out, ...rest } = row;
    const isOfRun = Number(row.installation.slice(4)) >= run * phones;
    if (isOfRun) rows.push(rest);
  }
  return rows.toSorted(byText);
}

type Row = { readonly installation: string; readonly customer: string | null };

function byText(one: Row, other: Row): number {
  return nameOf(one) < nameOf(other) ? -1 : 1;
}

function nameOf({ installation, customer }: Row): string {
  return `${installation} ${customer ?? ""}`;
}

/** What the rows must be: everything that arrived of each phone, reckoned at once. */
async function expectedOf(incidentId: string, run: number) {
  const incident = await scene.incidents.find(incidentId);
  const { reads } = scene.signals;
  const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  const rows = [];
  for (let phone = run * phones; phone < (run + 1) * phones; phone += 1) {
    const installation = installationOf(phone);
    const facts = await reads.historiesOf([installation], new Date(0));
    if (incident === null) throw new Error("there is none");
    const reckoned = reckon(facts, incident.scope, scene.clock.now().getTime());
    for (const { episodes: _episodes, firstFailureAt, lastFailureAt, backAt, ...row } of reckoned.rows) {
      rows.push({
        ...{ ...row, installation, backAt: iso(backAt) },
        ...{ firstFailureAt: iso(firstFailureAt), lastFailureAt: iso(lastFailureAt) },
      });
    }
  }
  return rows.toSorted(byText);
}

test("killed at any step, told in any order, twice, the affected are what all of it says", async () => {
  const incidentId = await scene.open({ from: new Date(noon - 100_000) });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(tellings, fc.array(fc.nat({ max: 6 }), { maxLength: 4 }), async (told, kills) => {
      run += 1;
      const signals = told.map((one): Signal => {
        const n = run * phones + one.phone;
        const signal = signalOf(one.kind, n, {
          ...{ at: one.at, try: one.try, version: one.isBad ? bad_version : good_version },
        });
        const isTold = one.isNamed || one.kind === "login-succeeded";
        return { ...signal, customer: isTold ? signal.customer : null };
      });
      const deliveries = [...signals, ...signals.filter((_signal, index) => told[index]?.isTwice)];
      for (const [index, signal] of deliveries.entries()) {
        await scene.deliver(signal);
        if (index % 5 === 0) await scene.incidents.work();
        const kill = kills[index];
        if (kill === undefined) continue;
        let steps = 0;
        const dying = scene.another(() => {
          steps += 1;
          if (steps > kill) throw new KilledError();
        });
        await dying.work().catch((error: unknown) => expect(error).toBeInstanceOf(KilledError));
        await dying.stop();
      }
      await scene.settle();
      // What was silent has failed by now.
      for (let minutes = 0; minutes < 3; minutes += 1) {
        scene.clock.advance(61_000);
        await scene.settle();
      }
      expect(await affectedOf(incidentId, run)).toEqual(await expectedOf(incidentId, run));
    }),
    { numRuns: 25 },
  );
});

test("killed while it reads rollouts' events, one incident is opened, and its lines stand once", async () => {
  const before = (await scene.incidents.list()).length;
  scene.rollouts.tell("started", 1);
  scene.rollouts.rollBack(2);
  for (const kill of [0, 1, 2]) {
    let steps = 0;
    const dying = scene.another(() => {
      if (steps === kill) throw new KilledError();
      steps += 1;
    });
    await dying.work().catch((error: unknown) => expect(error).toBeInstanceOf(KilledError));
    await dying.stop();
  }
  await scene.settle();
  // The version's open incident is joined; none is opened beside it.
  const incidents = await scene.incidents.list();
  expect(incidents).toHaveLength(before);
  const page = await scene.incidents.readIncident(incidents[0]?.id ?? "");
  const kinds = page?.timeline.map(({ kind }) => kind) ?? [];
  expect(kinds.filter((kind) => kind === "rolled-back" || kind === "alarm")).toEqual([
    "alarm",
    "rolled-back",
  ]);
});
