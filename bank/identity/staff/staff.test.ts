import { answers_of_ada, granted, randomId } from "@mainstay/testkit";
import { beforeAll, describe, expect, test } from "vitest";
import { createIdentityScene, problemOf } from "../../../tests/support/identity-scene.ts";

const scene = await createIdentityScene();
const { visitor, asStaff, ports } = scene;
type Referrals = { referrals: { registrationId: string; name: string; reasons: string[] }[] };

beforeAll(() => {
  ports.check = async () => ({ result: "refer", reasons: ["name-close-to-a-list"] });
});

/** Somebody whom the identity check has referred. */
async function referred() {
  const { device } = visitor();
  const id = randomId("reg");
  granted(await device.call("PUT", `/api/registrations/${id}`, { answers: answers_of_ada }));
  granted(await device.call("POST", `/api/registrations/${id}/check`));
  const state = async () =>
    granted<{ state: string }>(await device.call("GET", `/api/registrations/${id}`)).state;
  return { device, id, state };
}

const decide = (id: string, decision: string, reason = "Seen by video") =>
  asStaff("POST", `/staff/referrals/${id}/decision`, ["onboarding"], { decision, reason });

describe("referrals", () => {
  test("wait on the console, and each look at them is in the audit", async () => {
    const { id } = await referred();
    const { referrals } = granted<Referrals>(await asStaff("GET", "/staff/referrals", ["onboarding"]));
    expect(referrals.find((entry) => entry.registrationId === id)).toMatchObject({
      name: "Ada Marlow",
      reasons: ["name-close-to-a-list"],
    });
    const { rows } = await scene.db.pool.query<{ actor: string; details: { registrationIds: string[] } }>(
      "SELECT actor, details FROM identity.audit WHERE action = 'referrals-seen'",
    );
    expect(
      rows.some((row) => row.actor.startsWith("staff_") && row.details.registrationIds.includes(id)),
    ).toBe(true);
  });

  test("that pass let the applicant go on, on the device that they began on", async () => {
    const { id, state, device } = await referred();
    expect(await state()).toBe("referred");
    granted(await decide(id, "pass"));
    expect(await state()).toBe("passed");
    expect((await device.call("POST", `/api/registrations/${id}/passkey/options`)).status).toBe(200);
  });

  test("that fail end it", async () => {
    const { id, state } = await referred();
    granted(await decide(id, "fail"));
    expect(await state()).toBe("failed");
  });

  test("are decided once: the same again changes nothing, the opposite is a conflict", async () => {
    const { id, state } = await referred();
    const answers = await Promise.all([decide(id, "pass"), decide(id, "pass"), decide(id, "pass")]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(problemOf(await decide(id, "fail"))).toMatchObject({ status: 409, code: "referral_decided" });
    expect(await state()).toBe("passed");
    const { rows } = await scene.db.pool.query<{ count: bigint }>(
      "SELECT count(*) FROM identity.audit WHERE action = 'referral-decided' AND subject = $1",
      [id],
    );
    expect(rows[0]?.count).toBe(1n);
  });

  test("that were never referred can't be decided", async () => {
    const { device } = visitor();
    const id = randomId("reg");
    granted(await device.call("PUT", `/api/registrations/${id}`, { answers: {} }));
    for (const unknown of [id, randomId("reg")]) {
      expect(problemOf(await decide(unknown, "pass"))).toMatchObject({ status: 404, code: "not_found" });
    }
  });
});

describe("whoever asks", () => {
  test("needs control's word", async () => {
    expect(problemOf(await asStaff("GET", "/staff/referrals", null))).toMatchObject({
      status: 401,
      code: "staff_required",
    });
  });

  test("needs the role", async () => {
    expect(problemOf(await asStaff("GET", "/staff/referrals", ["auditor"]))).toMatchObject({
      status: 403,
      code: "staff_role_required",
    });
  });
});
