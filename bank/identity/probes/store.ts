import { sql as raw } from "kysely";
import type { Transaction } from "../tables.ts";
import { tables } from "../tables.ts";
import type { PasskeyId, PersonId } from "../types.ts";

/** Marks a person as one of the probes' own. */
export async function markAsProbe(sql: Transaction, personId: PersonId): Promise<void> {
  await tables(sql)
    .updateTable("identity.people")
    .set({ probe: true })
    .where("id", "=", personId)
    .where("probe", "=", false)
    .execute();
}

/** Gives a person this passkey, and takes away every other; answers whether anything changed. */
export async function replacePasskeys(
  sql: Transaction,
  passkey: {
    readonly id: PasskeyId;
    readonly personId: PersonId;
    readonly credentialId: string;
    readonly spki: string;
    readonly now: Date;
  },
): Promise<boolean> {
  const { id, personId, credentialId, spki, now } = passkey;
  const removed = await tables(sql)
    .updateTable("identity.passkeys")
    .set({ removed_at: now })
    .where("person_id", "=", personId)
    .where("credential_id", "!=", credentialId)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  const saved = await tables(sql)
    .insertInto("identity.passkeys")
    .values({
      id,
      person_id: personId,
      credential_id: credentialId,
      algorithm: -7,
      spki,
      sign_count: 0n,
      aaguid: "00000000-0000-0000-0000-000000000000",
      backed_up: true,
      name: "Probe",
      device_id: null,
      created_at: now,
    })
    // One that was taken away before comes back; the same one stays as it is.
    .onConflict((conflict) =>
      conflict
        .column("credential_id")
        .doUpdateSet({ spki, removed_at: null })
        .where("identity.passkeys.person_id", "=", personId)
        .where(raw<boolean>`identity.passkeys.removed_at IS NOT NULL OR identity.passkeys.spki <> ${spki}`),
    )
    .executeTakeFirst();
  return removed.numUpdatedRows > 0n || (saved.numInsertedOrUpdatedRows ?? 0n) > 0n;
}
