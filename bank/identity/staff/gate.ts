import type { FastifyRequest } from "fastify";
import { createStaffAssertionVerifier, platform_problems, problem, ProblemError } from "@mainstay/platform";
import { staff_assertion_header, type StaffRole } from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import { identity_problems } from "../errors.ts";
import { inTransaction, type Transaction } from "../tables.ts";
import type { StaffMember } from "../types.ts";

/** A look at customers' data, or a deed that concerns them, as the audit keeps it. */
export type StaffLook = {
  readonly action: string;
  /** What was looked at: a customer's reference, a payment's id, or the name of a list. */
  readonly subject: string;
  /** The references of the customers whom it showed. */
  readonly customers: readonly string[];
  readonly details?: Readonly<Record<string, unknown>>;
};

/** Who of staff may ask the bank what; what they saw is in the audit before they see it. */
export type StaffGate = {
  /**
   * The member of staff by control's signed word, who has one of these roles; else a problem is thrown. Call
   * it once a request: a word is good for one.
   */
  readonly require: (request: FastifyRequest, roles: readonly StaffRole[]) => StaffMember;
  /** Puts a look into the audit. Call it before the answer: where it fails, nothing is shown. */
  readonly looked: (staff: StaffMember, look: StaffLook) => Promise<void>;
  /** Puts what staff did into the audit, in the transaction of the doing. Call it last. */
  readonly did: (sql: Transaction, staff: StaffMember, deed: StaffLook) => Promise<void>;
};

/** Makes the gate. */
export function createStaffGate(deps: IdentityDeps): StaffGate {
  const { clock, config, database } = deps;
  // Made when staff first ask: where nobody of staff is served (the demo's seed) there is no key.
  let made: ReturnType<typeof createStaffAssertionVerifier> | null = null;
  const assertions = () =>
    (made ??= createStaffAssertionVerifier({ publicKey: config.staffAssertionPublicKey, clock }));
  const append: StaffGate["did"] = (sql, staff, { action, subject, customers, details }) =>
    appendAudit(sql, {
      at: clock.now(),
      actor: staff.id,
      action,
      subject,
      details: { staffName: staff.name, ...details, customers },
    });
  return {
    require: (request, roles) => {
      const header = request.headers[staff_assertion_header];
      const verified = assertions().verify(typeof header === "string" ? header : undefined);
      if (!verified.ok) {
        if (verified.error === "busy") throw new ProblemError("busy", platform_problems.busy);
        throw problem(identity_problems, "staff_required");
      }
      const { sub, name, roles: held } = verified.value;
      if (!roles.some((role) => held.includes(role))) throw problem(identity_problems, "staff_role_required");
      return { id: sub, name };
    },
    looked: (staff, look) => inTransaction(database, (sql) => append(sql, staff, look)),
    did: append,
  };
}
