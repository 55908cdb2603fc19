import Type from "typebox";
import type { FastifyRequest } from "fastify";
import {
  createStaffAssertionVerifier,
  platform_problems,
  problem,
  ProblemError,
  unwrap,
  type HttpServer,
} from "@mainstay/platform";
import {
  EmptySchema,
  IdSchema,
  page_size_max,
  ReferralDecisionSchema,
  ReferralsSchema,
  staff_assertion_header,
  type StaffClaims,
  type StaffRole,
} from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import { identity_problems } from "../errors.ts";
import { completeAnswers } from "../registrations/rules.ts";
import { decideReferral } from "../registrations/service.ts";
import { findReferred } from "../registrations/store.ts";
import { answers, type RouteParts } from "../routes-common.ts";
import { inTransaction } from "../tables.ts";

const tags = ["staff"];
const Params = Type.Object({ id: IdSchema("reg") });

/** Adds what the console asks of identity. Each look at a customer's data is in the audit. */
export function addStaffRoutes(server: HttpServer, { deps }: RouteParts): void {
  const { clock, config, database } = deps;
  const assertions = createStaffAssertionVerifier({ publicKey: config.staffAssertionPublicKey, clock });

  function requireRole(request: FastifyRequest, role: StaffRole): StaffClaims {
    const header = request.headers[staff_assertion_header];
    const verified = assertions.verify(typeof header === "string" ? header : undefined);
    if (!verified.ok) {
      if (verified.error === "busy") throw new ProblemError("busy", platform_problems.busy);
      throw problem(identity_problems, "staff_required");
    }
    if (!verified.value.roles.includes(role)) throw problem(identity_problems, "staff_role_required");
    return verified.value;
  }

  server.get(
    "/staff/referrals",
    {
      schema: {
        tags,
        summary: "Registrations that a person must decide",
        response: answers(ReferralsSchema),
      },
    },
    async (request) => {
      const staff = requireRole(request, "onboarding");
      const found = await findReferred(database.sql, page_size_max);
      const referrals = found.flatMap(({ registration, referredAt }) => {
        const given = completeAnswers(registration.answers);
        if (given === null) return [];
        const { firstName, lastName, dateOfBirth, address, email, phone } = given;
        const name = `${firstName} ${lastName}`;
        const reasons = [...registration.reasons];
        const common = { registrationId: registration.id, name, dateOfBirth, address, email, phone, reasons };
        return [{ ...common, referredAt: referredAt.toISOString() }];
      });
      if (referrals.length > 0) {
        const details = {
          staffName: staff.name,
          registrationIds: referrals.map((entry) => entry.registrationId),
        };
        const entry = {
          at: clock.now(),
          actor: staff.sub,
          action: "referrals-seen",
          subject: "referrals",
          details,
        };
        await inTransaction(database, (sql) => appendAudit(sql, entry));
      }
      return { referrals };
    },
  );
  server.post(
    "/staff/referrals/:id/decision",
    {
      schema: {
        tags,
        summary: "Decide a referral",
        params: Params,
        body: ReferralDecisionSchema,
        response: answers(EmptySchema),
      },
    },
    async (request) => {
      const staff = requireRole(request, "onboarding");
      const by = { id: staff.sub, name: staff.name };
      unwrap(await decideReferral(deps, { id: request.params.id, ...request.body, by }), identity_problems);
      return {};
    },
  );
}
