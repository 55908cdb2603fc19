import { generateKeyPairSync } from "node:crypto";
import { asId } from "@mainstay/kernel";
import type { PasskeyFaults, TestCustomer } from "@mainstay/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createIdentityScene } from "../../../tests/support/identity-scene.ts";
import { block_ms, failures_in_row_max } from "../login/rules.ts";
import { approval_ms_max, canonicalOf, verifyApprovalEvidence } from "./rules.ts";

const scene = await createIdentityScene();
const { customer, visitor, clock, identity } = scene;
const { privateKey: wrongKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
let payments = 0;

/** What a customer is shown: each time another payment. */
function shownNow() {
  payments += 1;
  return {
    paymentId: `pay_${payments}`,
    amount: { minor: 6_450, currency: "GBP" },
    fee: { minor: 0, currency: "GBP" },
    payeeName: "Bea Hartley",
    payeeSortCode: "040004",
    payeeAccountNumber: "12345678",
    bankName: "Mainstay",
    reference: "Café",
    nameCheck: { result: "match" },
    nonce: `nonce-${payments}`,
  };
}

type Shown = ReturnType<typeof shownNow>;

async function approve(
  who: TestCustomer,
  how: { shown?: Shown; signed?: Shown; faults?: PasskeyFaults } = {},
) {
  const shown = how.shown ?? shownNow();
  const personId = asId("person", who.personId);
  const shownAt = clock.now();
  const { options } = await identity.approvals.prepare({ personId, shown: how.signed ?? shown, shownAt });
  const credential = who.passkey.get(options, how.faults);
  return {
    shown,
    shownAt,
    credential,
    result: await identity.approvals.verify({ personId, shown, shownAt, credential }),
  };
}

describe("an approval", () => {
  test("of exactly what was shown is accepted, with evidence that anybody can verify offline", async () => {
    const { shown, result } = await approve(await customer());
    if (!result.ok) throw new Error(result.error);
    const kept = JSON.parse(JSON.stringify(result.value)) as typeof result.value;
    expect(verifyApprovalEvidence(kept, shown).ok).toBe(true);
    expect(verifyApprovalEvidence(kept, { ...shown, amount: { minor: 6_451, currency: "GBP" } })).toEqual({
      ok: false,
      error: "shown_differs",
    });
    const raised = { ...kept, canonical: kept.canonical.replace("6450", "9450") };
    expect(verifyApprovalEvidence(raised)).toEqual({ ok: false, error: "challenge_wrong" });
  });

  test("names the person's passkeys to the browser, and no others", async () => {
    const ada = await customer();
    const prepared = await identity.approvals.prepare({
      personId: asId("person", ada.personId),
      shown: shownNow(),
      shownAt: clock.now(),
    });
    expect(prepared.options.allowCredentials.map(({ id }) => id)).toEqual(ada.passkey.ids());
  });

  test("of anything that differs by one field is refused", async () => {
    const ada = await customer();
    const shown = shownNow();
    const changes: Partial<Shown>[] = [
      { amount: { minor: 6_451, currency: "GBP" } },
      { amount: { minor: 6_450, currency: "EUR" } },
      { fee: { minor: 1, currency: "GBP" } },
      { payeeName: "Bea Hartly" },
      { payeeAccountNumber: "12345679" },
      { payeeSortCode: "040005" },
      { nameCheck: { result: "no_match" } },
      { nonce: "another" },
      { paymentId: "pay_other" },
    ];
    for (const change of changes) {
      const { result } = await approve(ada, { shown, signed: { ...shown, ...change } });
      expect(result).toEqual({ ok: false, error: "approval_failed" });
    }
  });

  test("doesn't depend on the order of fields", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (shown) => {
        const turned = Object.fromEntries(Object.entries(shown).toReversed());
        expect(canonicalOf(turned)).toBe(canonicalOf(shown));
      }),
      { seed: 20_261_122 },
    );
  });

  test("by somebody else's passkey, or one of nobody, is refused", async () => {
    const [ada, bea] = [await customer(), await customer()];
    const { shown, shownAt, credential } = await approve(bea);
    const personId = asId("person", ada.personId);
    const theirs = await identity.approvals.verify({ personId, shown, shownAt, credential });
    expect(theirs).toEqual({ ok: false, error: "approval_failed" });
    const { passkey } = visitor();
    passkey.create({ challenge: "AAAA", rp: { id: "localhost" }, user: { id: "AAAA" } });
    const { options } = await identity.approvals.prepare({ personId, shown, shownAt });
    const unknown = passkey.get({ ...options, allowCredentials: [] });
    expect((await identity.approvals.verify({ personId, shown, shownAt, credential: unknown })).ok).toBe(
      false,
    );
  });

  test("counts for five minutes", async () => {
    const ada = await customer();
    const personId = asId("person", ada.personId);
    const { shown, shownAt, credential } = await approve(ada);
    clock.advance(approval_ms_max - 1);
    expect((await identity.approvals.verify({ personId, shown, shownAt, credential })).ok).toBe(true);
    clock.advance(1);
    expect(await identity.approvals.verify({ personId, shown, shownAt, credential })).toEqual({
      ok: false,
      error: "approval_expired",
    });
  });

  test("without the person verified, or from another site, is refused", async () => {
    const ada = await customer();
    for (const faults of [
      { isUserVerified: false },
      { origin: "https://evil.example" },
      { rpId: "evil.example" },
    ]) {
      expect((await approve(ada, { faults })).result).toEqual({ ok: false, error: "approval_failed" });
    }
  });
});

describe("an authenticator that counts", () => {
  test("can't have one assertion accepted twice, also at once", async () => {
    const ada = await customer({}, { counts: true });
    const personId = asId("person", ada.personId);
    const shown = shownNow();
    const shownAt = clock.now();
    const { options } = await identity.approvals.prepare({ personId, shown, shownAt });
    const credential = ada.passkey.get(options);
    const results = await Promise.all(
      [1, 2, 3].map(() => identity.approvals.verify({ personId, shown, shownAt, credential })),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    expect((await approve(ada)).result.ok).toBe(true);
  });
});

describe("five wrong signatures in a row", () => {
  test("let the passkey rest, for approvals and log-ins alike", async () => {
    const ada = await customer();
    for (let count = 0; count < failures_in_row_max; count += 1) {
      expect((await approve(ada, { faults: { key: wrongKey } })).result).toEqual({
        ok: false,
        error: "approval_failed",
      });
    }
    expect((await approve(ada)).result).toEqual({ ok: false, error: "approval_blocked" });
    clock.advance(block_ms);
    expect((await approve(ada)).result.ok).toBe(true);
  });

  test("aren't made of approvals of something else, or from another site", async () => {
    const ada = await customer();
    for (let count = 0; count < 2 * failures_in_row_max; count += 1) {
      await approve(ada, { signed: shownNow() });
      await approve(ada, { faults: { origin: "https://evil.example" } });
    }
    expect((await approve(ada)).result.ok).toBe(true);
  });
});
