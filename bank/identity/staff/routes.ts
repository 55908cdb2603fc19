import Type from "typebox";
import { unwrap, type HttpServer } from "@mainstay/platform";
import {
  EmptySchema,
  IdSchema,
  page_size_max,
  ReferralDecisionSchema,
  ReferralsSchema,
  type Referral,
} from "@mainstay/wire";
import { appendAudit } from "../audit/store.ts";
import type { IdentityDeps } from "../deps.ts";
import { identity_problems } from "../errors.ts";
import { holderNameOf } from "../registrations/complete.ts";
import { completeAnswers } from "../registrations/rules.ts";
import { decideReferral } from "../registrations/service.ts";
import { findReferred } from "../registrations/store.ts";
import { answers, type RouteParts } from "../routes-common.ts";
import { inTransaction } from "../tables.ts";
import type { StaffMember } from "../types.ts";
import { addCustomerRoutes } from "./customer-routes.ts";
import type { StaffGate } from "./gate.ts";

const tags = ["staff"];
const Params = Type.Object({ id: IdSchema("reg") });

/** The registrations that wait for a person. That this member of staff saw them is in the audit. */
async function seeReferrals(deps: IdentityDeps, staff: StaffMember): Promise<Referral[]> {
  const found = await findReferred(deps.database.sql, page_size_max);
  const referrals = found.flatMap(({ registration, referredAt }) => {
    const given = completeAnswers(registration.answers);
    if (given === null) return [];
    const { dateOfBirth, address, email, phone } = given;
    return {
      registrationId: registration.id,
      name: holderNameOf(given),
      dateOfBirth,
      address,
      email,
      phone,
      reasons: [...registration.reasons],
      referredAt: referredAt.toISOString(),
    };
  });
  if (referrals.length === 0) return referrals;
  const registrationIds = referrals.map((entry) => entry.registrationId);
  await inTransaction(deps.database, (sql) =>
    appendAudit(sql, {
      at: deps.clock.now(),
      actor: staff.id,
      action: "referrals-seen",
      subject: "referrals",
      details: { staffName: staff.name, registrationIds },
    }),
  );
  return referrals;
}

/** Adds what the console asks of identity. Each look at a customer's data is in the audit. */
export function addStaffRoutes(server: HttpServer, parts: RouteParts, gate: StaffGate): void {
  const { deps } = parts;
  addCustomerRoutes(server, parts, gate);
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
      const staff = gate.require(request, ["onboarding"]);
      return { referrals: await seeReferrals(deps, staff) };
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
      const by = gate.require(request, ["onboarding"]);
      unwrap(await decideReferral(deps, { id: request.params.id, ...request.body, by }), identity_problems);
      return {};
    },
  );
}
