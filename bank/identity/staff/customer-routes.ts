import Type from "typebox";
import { asId } from "@mainstay/kernel";
import { problem, type HttpServer } from "@mainstay/platform";
import {
  CustomerFeedQuerySchema,
  CustomerNamesAskSchema,
  CustomerNamesSchema,
  CustomerRefSchema,
  CustomerSchema,
  CustomersFoundSchema,
  CustomersQuerySchema,
  TransactionsSchema,
} from "@mainstay/wire";
import { identity_problems } from "../errors.ts";
import { answers, type RouteParts } from "../routes-common.ts";
import { nameCustomers, personOf, searchCustomers, seeCustomer } from "./customers.ts";
import type { StaffGate } from "./gate.ts";

const tags = ["staff"];
const Params = Type.Object({ ref: CustomerRefSchema });

/** Adds what staff ask about customers. Each look is in the audit. */
export function addCustomerRoutes(server: HttpServer, { deps }: RouteParts, gate: StaffGate): void {
  const parts = { deps, gate };
  server.get(
    "/staff/customers",
    {
      schema: {
        tags,
        summary: "Find customers by name, account, e-mail or reference",
        querystring: CustomersQuerySchema,
        response: answers(CustomersFoundSchema),
      },
    },
    async (request) => {
      const staff = gate.require(request, ["support"]);
      const { query, from = 0 } = request.query;
      return searchCustomers(parts, staff, { query, from });
    },
  );
  server.post(
    "/staff/customers/names",
    {
      schema: {
        tags,
        summary: "The names of customers",
        body: CustomerNamesAskSchema,
        response: answers(CustomerNamesSchema),
      },
    },
    async (request) => {
      const staff = gate.require(request, ["support", "release-manager"]);
      return nameCustomers(parts, staff, request.body.refs);
    },
  );
  server.get(
    "/staff/customers/:ref",
    { schema: { tags, summary: "One customer", params: Params, response: answers(CustomerSchema) } },
    async (request) => {
      const staff = gate.require(request, ["support"]);
      const customer = await seeCustomer(parts, staff, request.params.ref);
      if (customer === null) throw problem(identity_problems, "not_found");
      return customer;
    },
  );
  server.get(
    "/staff/customers/:ref/transactions",
    {
      schema: {
        tags,
        summary: "An older page of a customer's feed",
        params: Params,
        querystring: CustomerFeedQuerySchema,
        response: answers(TransactionsSchema),
      },
    },
    async (request) => {
      const staff = gate.require(request, ["support"]);
      const { ref } = request.params;
      const personId = await personOf(deps, ref);
      if (personId === null) throw problem(identity_problems, "not_found");
      const { account, before } = request.query;
      const accountId = asId("acc", account);
      const page = await deps.ports.customerFacts.feedOf({ personId, accountId, before });
      await gate.looked(staff, { action: "customer-feed-seen", subject: ref, customers: [ref] });
      return page;
    },
  );
}
