import { hash } from "node:crypto";
import { newId } from "@mainstay/kernel";
import { probe_names, type ProbeName } from "@mainstay/wire";
import type { PersonId } from "../types.ts";

/** The same at every bank and at every start: making them again finds them. */
const ids: ReadonlyMap<ProbeName, PersonId> = new Map(
  probe_names.map((name) => {
    const bytes = hash("sha256", `mainstay probe customer ${name}`, "buffer");
    const random = { bytes: (length: number) => bytes.subarray(0, length) };
    return [name, newId("person", { clock: { now: () => new Date("2026-01-01T00:00:00Z") }, random })];
  }),
);
const known: ReadonlySet<string> = new Set(ids.values());

/** The id of a synthetic customer. */
export function probePersonId(name: ProbeName): PersonId {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`there is no probe customer ${name}`);
  return id;
}

/** Says whether a person is one of the probes' synthetic customers. */
export function isProbePerson(personId: string): boolean {
  return known.has(personId);
}

const last_names: Readonly<Record<ProbeName, string>> = { one: "One", two: "Two", browser: "Browser" };

/** What stands in the records in place of a person's answers. The address can't exist (RFC 2606). */
export function probeAnswersOf(name: ProbeName) {
  return {
    firstName: "Probe",
    lastName: last_names[name],
    dateOfBirth: "2000-01-01",
    address: { line1: "1 Probe Lane", town: "London", postcode: "EC1A 1BB", country: "GB" as const },
    email: `probe-${name}@mainstay.invalid`,
    phone: "+447700900000",
  };
}
