import Type from "typebox";
import type { Clock } from "@mainstay/kernel";
import type { Identity } from "@mainstay/identity";
import { platform_problems, problem, type HttpServer } from "@mainstay/platform";
import {
  ReconciliationSchema,
  StaffPaymentSchema,
  StaffPaymentsQuerySchema,
  StaffPaymentsSchema,
  withProblems,
} from "@mainstay/wire";
import { payment_errors } from "./errors.ts";
import { createReconciliation } from "./reconciliation.ts";
import { findForStaff, listForStaff, placeOf, type StaffReadsDeps } from "./staff-reads.ts";

const tags = ["staff"];
const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 40 }) });

/** Adds what staff ask about payments. That payments of customers were looked at is in the audit. */
export function addPaymentStaffRoutes(
  server: HttpServer,
  deps: StaffReadsDeps & {
    readonly clock: Clock;
    readonly identity: Pick<Identity, "customers" | "staff">;
  },
): void {
  const { staff } = deps.identity;
  const reconcile = createReconciliation(deps);
  server.get(
    "/staff/payments",
    {
      schema: {
        tags,
        summary: "Payments, newest first",
        querystring: StaffPaymentsQuerySchema,
        response: withProblems(StaffPaymentsSchema),
      },
    },
    async (request) => {
      const by = staff.require(request, ["payments"]);
      const { before: cursor, ...asked } = request.query;
      const before = cursor === undefined ? null : placeOf(cursor);
      if (cursor !== undefined && before === null) throw problem(payment_errors, "page_unknown");
      const { view, customers } = await listForStaff(deps, { ...asked, before });
      const details = { ...asked, payments: view.payments.length };
      await staff.looked(by, { action: "payments-seen", subject: "payments", customers, details });
      return view;
    },
  );
  server.get(
    "/staff/payments/reconciliation",
    {
      schema: {
        tags,
        summary: "The settlement account against the scheme's messages",
        response: withProblems(ReconciliationSchema),
      },
    },
    async (request) => {
      staff.require(request, ["payments"]);
      return reconcile();
    },
  );
  server.get(
    "/staff/payments/:id",
    { schema: { tags, summary: "One payment", params: Params, response: withProblems(StaffPaymentSchema) } },
    async (request) => {
      const by = staff.require(request, ["payments", "support"]);
      const { id } = request.params;
      const seen = await findForStaff(deps, id);
      if (seen === null) throw problem(platform_problems, "not_found");
      await staff.looked(by, { action: "payment-seen", subject: id, customers: seen.customers });
      return seen.view;
    },
  );
}
