import { answers_of_ada, granted, logIn, randomId } from "@mainstay/testkit";
import { expect, test } from "vitest";
import { createIdentityScene, problemOf } from "../../tests/support/identity-scene.ts";
import { challenge_ms_max } from "./login/rules.ts";
import { clearOld, runRound } from "./jobs.ts";

const scene = await createIdentityScene();
const { customer, visitor, clock, db, deps } = scene;
const day_ms = 24 * 60 * 60_000;

async function count(table: "challenges" | "registrations" | "sessions"): Promise<number> {
  const { rows } = await db.pool.query<{ count: bigint }>(`SELECT count(*) FROM identity.${table}`);
  return Number(rows[0]?.count);
}

test("challenges that nobody answered don't pile up, and one that can still be answered stays", async () => {
  const { device } = visitor();
  const begin = () => device.call("POST", "/api/login/challenges", { protocol: "login/1" });
  granted(await begin());
  clock.advance(challenge_ms_max + 60_001);
  granted(await begin());
  await runRound(deps);
  expect(await count("challenges")).toBe(1);
});

test("answers that nobody came back to are forgotten after thirty days, those under way never", async () => {
  const abandoned = `/api/registrations/${randomId("reg")}`;
  const { device } = visitor();
  granted(await device.call("PUT", abandoned, { answers: answers_of_ada }));
  scene.ports.check = async () => ({ result: "refer", reasons: [] });
  const waiting = `/api/registrations/${randomId("reg")}`;
  granted(await device.call("PUT", waiting, { answers: answers_of_ada }));
  granted(await device.call("POST", `${waiting}/check`));
  clock.advance(29 * day_ms);
  await clearOld(deps);
  expect((await device.call("GET", abandoned)).status).toBe(200);
  clock.advance(2 * day_ms);
  await clearOld(deps);
  expect(problemOf(await device.call("GET", abandoned)).code).toBe("not_found");
  expect(granted(await device.call("GET", waiting))).toMatchObject({ state: "referred" });
});

test("sessions are kept for a year after their end, and then cleared away", async () => {
  scene.ports.check = scene.passes;
  const ada = await customer();
  clock.advance((90 + 364) * day_ms);
  await clearOld(deps);
  expect(await count("sessions")).toBe(1);
  clock.advance(2 * day_ms);
  await clearOld(deps);
  expect(await count("sessions")).toBe(0);
  granted(await logIn(ada.device, ada.passkey));
});
