import { createHash } from "node:crypto";
import { newId, type Clock, type Random } from "@mainstay/kernel";
import { createSoftwarePasskey, type SoftwarePasskey } from "@mainstay/testkit/client";
import { verifyRegistration } from "@mainstay/webauthn";
import type { FleetCustomer } from "../store.ts";

/** A customer of the fleet with the passkey that all their phones have. */
export type Owner = { readonly customer: FleetCustomer; readonly passkey: SoftwarePasskey };

const first_names = ["Ada", "Ben", "Cleo", "Dev", "Esme", "Finn", "Grace", "Hari", "Ines", "Jude"] as const;
const last_names = ["Marlow", "Quinn", "Okafor", "Lindqvist", "Shah", "Tregear", "Nowak", "Bell"] as const;

/** The user handle by which passkeys know a person, as identity makes it. */
const handleOf = (personId: string) =>
  createHash("sha256").update(`mainstay user handle ${personId}`).digest("base64url");

/** The address of a customer of the fleet. */
export const emailOfCustomer = (number: number) => `customer${number}@fleet.mainstay.invalid`;

/** Makes customers with a passkey each; `origin` is the bank's, the relying party its host. */
export async function makeOwners(
  count: number,
  parts: { readonly origin: string; readonly clock: Clock; readonly random: Random },
): Promise<Owner[]> {
  const { origin } = parts;
  const relyingParty = { id: new URL(origin).hostname, origins: [origin] };
  const owners: Owner[] = [];
  for (let number = 0; number < count; number += 1) {
    const id = newId("person", parts);
    const passkey = createSoftwarePasskey({ origin });
    const challenge = Buffer.from(parts.random.bytes(32)).toString("base64url");
    const registration = passkey.create({
      challenge,
      rp: { id: relyingParty.id },
      user: { id: handleOf(id) },
    });
    const verified = await verifyRegistration({ registration, challenge, relyingParty });
    if (!verified.ok) throw new Error(`a passkey of the fleet is no good: ${verified.error}`);
    const { publicKey } = verified.value;
    owners.push({
      passkey,
      customer: {
        id,
        firstName: first_names[number % first_names.length] ?? "Ada",
        lastName: last_names[number % last_names.length] ?? "Marlow",
        email: emailOfCustomer(number),
        passkey: { id: newId("pk", parts), credentialId: registration.id, spki: publicKey.spki },
      },
    });
  }
  return owners;
}
