import type { Selectable } from "kysely";
import type { CustomerKind } from "@mainstay/wire";
import { tables, type IdentityTables, type Sql } from "../tables.ts";
import type { PersonId } from "../types.ts";

/** A customer by the reference under which control and staff know them. */
export type CustomerIdentity = {
  readonly ref: string;
  readonly personId: PersonId;
  readonly firstName: string;
  readonly name: string;
  readonly email: string;
  readonly kind: CustomerKind;
};

type Row = Pick<
  Selectable<IdentityTables["identity.people"]>,
  "id" | "customer_ref" | "first_name" | "last_name" | "email" | "demo" | "probe"
>;

/** A customer, the demo's, or one that the live probes log in with. */
export function kindOf(row: Pick<Row, "demo" | "probe">): CustomerKind {
  if (row.probe) return "probe";
  return row.demo ? "demo" : "customer";
}

function read(row: Row): CustomerIdentity {
  return {
    ref: row.customer_ref,
    personId: row.id as PersonId,
    firstName: row.first_name,
    name: `${row.first_name} ${row.last_name}`,
    email: row.email,
    kind: kindOf(row),
  };
}

/** The customers of these references, or of these people; what is nobody's is left out. In no order. */
export async function findCustomers(
  sql: Sql,
  wanted: { readonly refs: readonly string[] } | { readonly people: readonly string[] },
): Promise<CustomerIdentity[]> {
  const [column, values] =
    "refs" in wanted ? (["customer_ref", wanted.refs] as const) : (["id", wanted.people] as const);
  if (values.length === 0) return [];
  const rows = await tables(sql)
    .selectFrom("identity.people")
    .select(["id", "customer_ref", "first_name", "last_name", "email", "demo", "probe"])
    .where(column, "in", [...values])
    .execute();
  return rows.map(read);
}
