import { newId } from "@mainstay/kernel";
import type { ProbeCustomersPut, ProbeName } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import { insertPerson } from "../people/store.ts";
import { userHandleOf } from "../passkeys/service.ts";
import { holderNameOf } from "../registrations/complete.ts";
import { inTransaction } from "../tables.ts";
import type { PersonId } from "../types.ts";
import { probeAnswersOf, probePersonId } from "./rules.ts";
import { markAsProbe, replacePasskeys } from "./store.ts";

/** A synthetic customer, as the rest of the bank and the probes need them. */
export type ProbePerson = {
  readonly name: ProbeName;
  readonly personId: PersonId;
  readonly holderName: string;
  /** WebAuthn's user.id, base64url. */
  readonly userHandle: string;
  readonly rpId: string;
};

/**
 * Makes the probes' synthetic customers with these passkeys, or finds them: the same again changes nothing.
 * They need no identity check, have no registration, and nobody is told of them.
 */
export async function ensureProbePeople(
  deps: IdentityDeps,
  wanted: ProbeCustomersPut["customers"],
): Promise<readonly ProbePerson[]> {
  const now = deps.clock.now();
  return inTransaction(deps.database, async (sql) => {
    const people: ProbePerson[] = [];
    const changed: PersonId[] = [];
    for (const { name, credentialId, spki } of wanted) {
      const personId = probePersonId(name);
      const answers = probeAnswersOf(name);
      await insertPerson(sql, { id: personId, answers, demo: false, registrationId: null, createdAt: now });
      await markAsProbe(sql, personId);
      const id = newId("pk", deps);
      if (await replacePasskeys(sql, { id, personId, credentialId, spki, now })) changed.push(personId);
      const { id: rpId } = deps.config.relyingParty;
      people.push({
        name,
        personId,
        holderName: holderNameOf(answers),
        userHandle: userHandleOf(personId),
        rpId,
      });
    }
    for (const subject of changed) {
      await appendAudit(sql, { at: now, actor: "bank", action: "probe-customer-set", subject, details: {} });
    }
    return people;
  });
}
