import { addMs, createBoundedMap, err, newId, ok, type Result } from "@mainstay/kernel";
import { createBatcher } from "@mainstay/platform";
import {
  requestOptions,
  verifyAssertion,
  type AssertionFailure,
  type AssertionJson,
} from "@mainstay/webauthn";
import type { RequestOptions } from "@mainstay/wire";
import type { IdentityDeps } from "../deps.ts";
import { assertion_verdicts, blockedUntil } from "../login/rules.ts";
import { meansOfPasskey } from "../login/service.ts";
import { clearFailures, findFailures, insertFailure, lockMeans } from "../login/store.ts";
import {
  advanceSignCounts,
  findPasskeysOfMany,
  type ApprovalPasskey,
  type SignCountUse,
} from "../passkeys/store.ts";
import type { Activity } from "../sessions/activity.ts";
import { inTransaction } from "../tables.ts";
import type { PersonId } from "../types.ts";
import {
  approval_ms_max,
  canonicalOf,
  challengeOf,
  evidenceOf,
  type ApprovalEvidence,
  type Shown,
} from "./rules.ts";

/**
 * How long a person's passkeys that were read may be believed: the bound within which a removal elsewhere
 * takes effect.
 */
export const passkeys_cache_ms_max = 5_000;
/** The most people whose passkeys are kept in memory. */
export const passkeys_cached_max = 50_000;

/** What awaits an approval: options for the browser, and until when. */
export type PreparedApproval = { readonly options: RequestOptions; readonly expiresAt: Date };

/**
 * Why an approval isn't one. What was wrong is in our own log; the customer is told that nothing was sent.
 */
export type ApprovalRefusal = "approval_failed" | "approval_expired" | "approval_blocked";

/**
 * Approvals by passkey of exactly what was shown. That one is accepted once is up to whoever keeps its state.
 */
export type Approvals = {
  readonly prepare: (wanted: {
    readonly personId: PersonId;
    readonly shown: Shown;
    /** When it was first shown; from then on it counts for five minutes. */
    readonly shownAt: Date;
  }) => Promise<PreparedApproval>;
  readonly verify: (tried: {
    readonly personId: PersonId;
    readonly shown: Shown;
    readonly shownAt: Date;
    readonly credential: AssertionJson;
  }) => Promise<Result<ApprovalEvidence, ApprovalRefusal>>;
  /** Forgets a person's passkeys that are in memory, because they have changed. */
  readonly forget: (personId: PersonId) => void;
};

/** Reads people's passkeys in batches and believes them for a few seconds. */
function createPasskeyLookup(deps: IdentityDeps) {
  const kept = createBoundedMap<
    PersonId,
    { readonly passkeys: ApprovalPasskey[]; readonly readAtMs: number }
  >(passkeys_cached_max);
  let changes = 0;
  const read = createBatcher<PersonId, ApprovalPasskey[]>({
    name: "passkeys",
    batch_max: 200,
    queue_max: 10_000,
    runs_max: 2,
    run: (ids) => findPasskeysOfMany(deps.database, ids),
  });
  return {
    async of(personId: PersonId): Promise<ApprovalPasskey[]> {
      const now = deps.clock.now().getTime();
      const known = kept.get(personId);
      if (known && now - known.readAtMs < passkeys_cache_ms_max) return known.passkeys;
      const changesBefore = changes;
      const passkeys = await read(personId);
      if (changes === changesBefore) kept.set(personId, { passkeys, readAtMs: now });
      return passkeys;
    },
    forget(personId: PersonId): void {
      changes += 1;
      kept.delete(personId);
    },
  };
}

type PasskeyLookup = ReturnType<typeof createPasskeyLookup>;

/** Makes the door for approvals. */
export function createApprovals(deps: IdentityDeps, activity: Activity): Approvals {
  const passkeys = createPasskeyLookup(deps);
  const advance = createBatcher<SignCountUse, boolean>({
    name: "sign-counts",
    batch_max: 200,
    queue_max: 10_000,
    run: (uses) => advanceSignCounts(deps.database, uses),
  });

  return {
    prepare: async ({ personId, shown, shownAt }) => {
      const allow = (await passkeys.of(personId)).map((passkey) => passkey.credentialId);
      const challenge = challengeOf(canonicalOf(shown));
      const options = requestOptions({ relyingParty: deps.config.relyingParty, challenge, allow });
      return { options, expiresAt: addMs(shownAt, approval_ms_max) };
    },
    verify: createVerify(deps, { activity, passkeys, advance }),
    forget: passkeys.forget,
  };
}

function createVerify(
  deps: IdentityDeps,
  parts: {
    readonly activity: Activity;
    readonly passkeys: PasskeyLookup;
    readonly advance: (use: SignCountUse) => Promise<boolean>;
  },
): Approvals["verify"] {
  const { activity, passkeys, advance } = parts;
  const { relyingParty } = deps.config;

  async function isBlocked(passkey: ApprovalPasskey): Promise<boolean> {
    if (passkey.failures === 0) return false;
    const failures = await findFailures(deps.database.sql, meansOfPasskey(passkey.credentialId));
    return blockedUntil(failures, deps.clock.now()) !== null;
  }

  async function countFailure(passkey: ApprovalPasskey, reason: AssertionFailure): Promise<void> {
    const means = meansOfPasskey(passkey.credentialId);
    await inTransaction(deps.database, async (sql) => {
      await lockMeans(sql, means);
      const common = { id: newId("try", deps), means, protocol: null, appVersion: null };
      await insertFailure(sql, { ...common, reason: `approval:${reason}`, failedAt: deps.clock.now() });
    });
    passkeys.forget(passkey.personId);
  }

  async function refuse(passkey: ApprovalPasskey, reason: AssertionFailure): Promise<ApprovalRefusal> {
    deps.log.info({ reason, passkeyId: passkey.id }, "an approval was refused");
    if (assertion_verdicts[reason] === "wrong_element") await countFailure(passkey, reason);
    return "approval_failed";
  }

  return async ({ personId, shown, shownAt, credential }) => {
    const now = deps.clock.now();
    if (addMs(shownAt, approval_ms_max) <= now) return err("approval_expired");
    const passkey = (await passkeys.of(personId)).find((entry) => entry.credentialId === credential.id);
    if (!passkey) return err("approval_failed");
    if (await isBlocked(passkey)) return err("approval_blocked");
    const canonical = canonicalOf(shown);
    const verified = verifyAssertion({
      assertion: credential,
      challenge: challengeOf(canonical),
      relyingParty,
      publicKey: passkey.publicKey,
      // A counter is compared and set in the database, below: what is in memory may be older than another
      // approval.
      signCount: null,
    });
    if (!verified.ok) return err(await refuse(passkey, verified.error));
    const { signCount } = verified.value;
    const counts = signCount > 0 || passkey.signCount > 0;
    if (counts && !(await advance({ id: passkey.id, signCount })))
      return err(await refuse(passkey, "sign_count_wrong"));
    if (passkey.failures > 0) {
      await clearFailures(deps.database.sql, meansOfPasskey(passkey.credentialId), now);
      passkeys.forget(personId);
    }
    activity.touchPasskey(passkey.id, now);
    return ok(evidenceOf({ canonical, passkey, credential, relyingParty, at: now }));
  };
}
