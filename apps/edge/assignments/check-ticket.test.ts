import { activation_header, verified_activation_header, type Assignment } from "@mainstay/wire";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { edge_secret, startTestEdge } from "../../../tests/support/test-edge.ts";
import { planOf } from "../../../tests/support/test-plan.ts";
import { createCheckTickets } from "@mainstay/platform";

const [stable, unreleased] = ["1.4.0", "1.6.0"];
const tickets = createCheckTickets(edge_secret);

let edge: Awaited<ReturnType<typeof startTestEdge>>;

beforeAll(async () => {
  edge = await startTestEdge();
  for (const version of [stable, unreleased]) {
    await edge.publisher.as(version, await edge.build(version));
  }
  await edge.refresh();
  edge.control.set(planOf({ stable }));
});

beforeEach(() => {
  edge.asked.length = 0;
  edge.control.control.signals.length = 0;
});

afterAll(() => edge.stop());

const inAMinute = () => edge.clock.now().getTime() + 60_000;

/** Starts as a phone that holds a ticket; answers its cookies and what it was given. */
async function start(ticket: string): Promise<{ cookie: string; assignment: Assignment }> {
  const answer = await edge.ask("/assignment", { headers: { cookie: `mainstay_check=${ticket}` } });
  const kept = answer.headers["set-cookie"]?.map((header) => header.split(";")[0]) ?? [];
  return {
    cookie: [`mainstay_check=${ticket}`, ...kept].join("; "),
    assignment: JSON.parse(answer.body.toString()) as Assignment,
  };
}

test("what a check does is no evidence: the bank hears of no activation, control of no report", async () => {
  const { cookie, assignment } = await start(tickets.sign({ version: unreleased, until: inAMinute() }));
  const { activation } = assignment;
  await edge.ask("/api/session", { headers: { cookie, [activation_header]: activation } });
  expect(edge.asked[0]?.headers[verified_activation_header]).toBeUndefined();
  expect(edge.asked[0]?.headers["x-mainstay-version"]).toBe(unreleased);
  const body = JSON.stringify({ reports: [{ kind: "booted", activation, reason: null, agoMs: 0 }] });
  const headers = { "content-type": "application/json", "content-length": String(body.length) };
  const asCheck = await edge.ask("/boot/reports", { method: "POST", headers: { ...headers, cookie }, body });
  expect([asCheck.status, edge.control.control.signals]).toEqual([204, []]);
  // The same report from a phone without the ticket is one.
  await edge.ask("/boot/reports", { method: "POST", headers, body });
  expect(edge.control.control.signals).toHaveLength(1);
});
