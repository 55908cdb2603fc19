import { ok } from "@mainstay/kernel";
import type { BankPort } from "./bank-port.ts";
import { refuse } from "./context.ts";
import type { RolloutsService } from "./service.ts";
import type { Answer } from "./types.ts";

/**
 * Has the bank accept a login protocol no longer. Refused, with the versions, while one that people are on or
 * that a rollback would go to speaks it; the bank is told what is needed and refuses by itself as well.
 * Answers the protocols that it accepts now.
 */
export async function retireProtocol(
  deps: { readonly service: Pick<RolloutsService, "protocolsNeeded">; readonly bank: BankPort },
  protocol: string,
): Answer<readonly string[]> {
  const needed = await deps.service.protocolsNeeded();
  const need = needed.find((found) => found.protocol === protocol);
  if (need && need.neededBy.length > 0) {
    const devices = need.devices > 0 ? `, ${need.devices} devices to go` : "";
    return refuse("protocol_needed", `${protocol} is spoken by ${need.neededBy.join(", ")}${devices}.`);
  }
  try {
    const accepted = await deps.bank.acceptedProtocols();
    const left = accepted.filter((found) => found !== protocol);
    if (left.length === accepted.length) return ok(accepted);
    const named = needed.map((found) => ({ protocol: found.protocol, versions: found.neededBy }));
    const answer = await deps.bank.putProtocols(
      left,
      named.filter(({ versions }) => versions.length > 0),
    );
    return answer === null
      ? refuse("protocol_needed", "The bank refused: log-ins would be lost.")
      : ok(answer);
  } catch {
    return refuse("bank_unavailable");
  }
}
