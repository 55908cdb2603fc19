import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { granted, randomId } from "@mainstay/testkit/client";
import {
  staff_roles,
  type Customer,
  type CustomersFound,
  type StaffRole,
  type StaffThreads,
  type StaffThreadWhole,
  type Thread,
} from "@mainstay/wire";
import { createTestBank } from "./test-bank.ts";

const bank = await createTestBank();
const support: readonly StaffRole[] = ["support"];
type TestCustomer = Awaited<ReturnType<typeof bank.customer>>;
let ada: TestCustomer;
let ref: string;
const question = "Why couldn’t I log in?\n<img src=x onerror=alert(1)>";

async function write(subject: string, text: string): Promise<Thread> {
  bank.clock.advance(1_000);
  const body = { id: randomId("thr"), entryId: randomId("ent"), subject, text };
  return granted<Thread>(await ada.device.call("POST", "/api/inbox", body));
}
const list = async (query = "") =>
  granted<StaffThreads>(await bank.asStaff("GET", `/staff/threads${query}`, support));
const whole = async (id: string) =>
  granted<StaffThreadWhole>(await bank.asStaff("GET", `/staff/threads/${id}`, support));
const answer = (id: string, body: unknown) =>
  bank.asStaff("POST", `/staff/threads/${id}/entries`, support, body);

async function audited(action: string) {
  const { rows } = await bank.database.pool.query<{ subject: string; details: Record<string, unknown> }>(
    "SELECT subject, details FROM identity.audit WHERE action = $1 ORDER BY number",
    [action],
  );
  return rows;
}

beforeAll(async () => {
  ada = await bank.customer("Ada", "Marlow");
  const path = "/staff/customers?query=ada.marlow@example.com";
  ref = granted<CustomersFound>(await bank.asStaff("GET", path, support)).customers[0]?.ref ?? "";
});
afterAll(bank.close);

describe("conversations", () => {
  it("wait for staff, oldest first, with whose they are; the look is in the audit", async () => {
    const first = await write("Log in", question);
    const second = await write("A payment", "Where is it?");
    const { threads, waiting } = await list("?waitsFor=bank");
    expect(threads.map(({ id, customer }) => [id, customer])).toEqual([
      [first.id, { ref, name: "Ada Marlow" }],
      [second.id, { ref, name: "Ada Marlow" }],
    ]);
    expect(waiting).toBe(2);
    expect(granted(await bank.asStaff("GET", "/staff/threads/waiting", support))).toEqual({ waiting: 2 });
    expect((await audited("threads-seen")).at(-1)?.details).toMatchObject({ customers: [ref], threads: 2 });
  });

  it("are read whole, as text", async () => {
    const { threads } = await list("?waitsFor=bank");
    const thread = await whole(threads[0]?.id ?? "");
    expect(thread.entries).toMatchObject([{ from: "customer", text: question }]);
    expect((await audited("thread-seen")).at(-1)).toMatchObject({ subject: thread.id });
  });

  it("are answered under a first name; the same again is one answer and one entry of the audit", async () => {
    const thread = await write("Statement", "Can I have one?");
    const body = { id: randomId("ent"), text: "Yes: under Home." };
    for (let time = 0; time < 2; time += 1) {
      expect(granted<StaffThreadWhole>(await answer(thread.id, body))).toMatchObject({
        waitsFor: "customer",
        entries: [{ from: "customer" }, { from: "staff", name: "Iris", text: "Yes: under Home." }],
      });
    }
    expect(await audited("thread-answered")).toHaveLength(1);
    expect((await answer(thread.id, { ...body, text: "No." })).status).toBe(409);
    const read = granted<Thread>(await ada.device.call("GET", `/api/inbox/${thread.id}`));
    expect(read.entries.map(({ name }) => name)).toEqual([null, "Iris"]);
  });

  it("are put away when they need no answer", async () => {
    const thread = await write("Thanks", "All is well.");
    const done = () => bank.asStaff("POST", `/staff/threads/${thread.id}/done`, support, {});
    expect(granted(await done())).toMatchObject({ waitsFor: "nobody" });
    expect(granted(await done())).toMatchObject({ waitsFor: "nobody" });
    expect(await audited("thread-done")).toHaveLength(1);
    expect((await list("?waitsFor=bank")).threads.some(({ id }) => id === thread.id)).toBe(false);
    expect((await list()).threads[0]?.id).toBe(thread.id);
  });

  it("stand on the customer's page, newest first", async () => {
    const customer = granted<Customer>(await bank.asStaff("GET", `/staff/customers/${ref}`, support));
    expect(customer.threads.map(({ subject }) => subject)).toEqual([
      "Thanks",
      "Statement",
      "A payment",
      "Log in",
    ]);
    expect(customer.looks.map(({ action }) => action)).toContain("thread-answered");
  });

  it.each([
    ["no text", {}],
    ["an empty text", { id: randomId("ent"), text: "" }],
    ["too long a text", { id: randomId("ent"), text: "x".repeat(2_001) }],
    ["another kind of id", { id: randomId("thr"), text: "Yes" }],
    ["somebody else's name", { id: randomId("ent"), text: "Yes", name: "Eve" }],
  ])("can't be answered with %s", async (_what, body) => {
    const [thread] = (await list("?waitsFor=bank")).threads;
    expect((await answer(thread?.id ?? "", body)).status).toBe(400);
  });

  it("that aren't there are answered alike", async () => {
    const id = randomId("thr");
    const body = { id: randomId("ent"), text: "Yes" };
    const answers = [
      await bank.asStaff("GET", `/staff/threads/${id}`, support),
      await answer(id, body),
      await bank.asStaff("POST", `/staff/threads/${id}/done`, support, {}),
    ];
    expect(answers).toMatchObject(answers.map(() => ({ status: 404, body: { code: "thread_not_found" } })));
    expect((await bank.asStaff("GET", "/staff/threads/thr_';--", support)).status).toBe(400);
    expect((await bank.asStaff("GET", "/staff/threads?waitsFor=everybody", support)).status).toBe(400);
  });
});

describe("whoever asks", () => {
  it("needs the role support", async () => {
    const [thread] = (await list("?waitsFor=bank")).threads;
    const asks = [
      ["GET", "/staff/threads", undefined],
      ["GET", "/staff/threads/waiting", undefined],
      ["GET", `/staff/threads/${thread?.id}`, undefined],
      ["POST", `/staff/threads/${thread?.id}/entries`, { id: randomId("ent"), text: "Yes" }],
      ["POST", `/staff/threads/${thread?.id}/done`, {}],
    ] as const;
    for (const [method, path, body] of asks) {
      for (const role of staff_roles.filter((each) => each !== "support")) {
        expect([path, role, (await bank.asStaff(method, path, [role], body)).status]).toEqual([
          path,
          role,
          403,
        ]);
      }
      expect((await bank.asStaff(method, path, null, body)).status).toBe(401);
    }
  });
});
