import { createHttpServer, createLogger, problem, platform_problems } from "@mainstay/platform";
import type { ConsoleGate } from "@mainstay/staff";
import type { StaffRole } from "@mainstay/wire";
import { afterAll, expect, test } from "vitest";
import { addReviewRoutes } from "./routes.ts";
import { ada, amara, createScene, incident_id, jonas } from "./test-scene.ts";

const scene = await createScene();
/** Who asks: a test says. */
let asking: { readonly id: string; readonly name: string; readonly roles: readonly StaffRole[] };
const gate: Pick<ConsoleGate, "require"> = {
  require: async (_request, roles = []) => {
    if (!roles.some((role) => asking.roles.includes(role))) throw problem(platform_problems, "not_found");
    return {
      id: "ses_1" as never,
      staff: { ...asking, id: asking.id as never },
      expiresAt: scene.clock.now(),
    };
  },
};
const log = createLogger({ name: "reviews-test", level: "silent" });
const server = await createHttpServer({ name: "reviews-test", log, ready: {} });
addReviewRoutes(server, { reviews: scene.reviews, gate: gate as ConsoleGate });

afterAll(async () => {
  await server.close();
  await scene.close();
});

const manager = { ...amara, roles: ["release-manager"] as const };
const auditor = { ...ada, roles: ["auditor"] as const };
const supporter = { ...jonas, roles: ["support"] as const };

async function ask(who: typeof asking, method: "GET" | "PUT" | "POST", path: string, payload?: object) {
  asking = who;
  const url = `/api/incidents/${incident_id}/${path}`;
  return server.inject({ method, url, ...(payload === undefined ? {} : { payload }) });
}
const commandId = () => scene.commandId();

const changes: readonly (readonly ["PUT" | "POST", string, () => object])[] = [
  ["PUT", "review/texts/cause", () => ({ commandId: commandId(), draft: 1, text: "Why" })],
  [
    "PUT",
    `review/actions/act_${"0".repeat(22)}`,
    () => ({ commandId: commandId(), what: "A phone", owner: jonas.id, due: "2026-10-09", state: "open" }),
  ],
  ["POST", "review/check", () => ({ commandId: commandId(), journey: "log-in-clock-off" })],
  ["POST", "review/reader", () => ({ commandId: commandId(), staff: jonas.id })],
  ["POST", "classify", () => ({ commandId: commandId(), as: "not-major", reason: "Few, and not for long" })],
];

test("is read by release managers, auditors and admins, and by nobody else", async () => {
  for (const path of ["review", "review.md", "review.pdf"]) {
    expect((await ask(auditor, "GET", path)).statusCode).toBe(200);
    expect((await ask(supporter, "GET", path)).statusCode).toBe(404);
  }
});

test("the files have their types and the incident's name", async () => {
  const markdown = await ask(auditor, "GET", "review.md");
  expect(markdown.headers["content-type"]).toBe("text/markdown; charset=utf-8");
  expect(markdown.body).toMatch(/^# INC-0041 /);
  const pdf = await ask(auditor, "GET", "review.pdf");
  expect(pdf.headers["content-type"]).toBe("application/pdf");
  expect(pdf.headers["content-disposition"]).toBe('inline; filename="INC-0041-review.pdf"');
  expect(pdf.rawPayload.subarray(0, 5).toString()).toBe("%PDF-");
});

test.each(changes)("%s %s takes a release manager, and answers the review", async (method, path, payload) => {
  expect((await ask(auditor, method, path, payload())).statusCode).toBe(404);
  const answer = await ask(manager, method, path, payload());
  expect([answer.statusCode, answer.json().number], answer.body).toEqual([200, "INC-0041"]);
});

test("what is refused is told as a problem, with what is missing", async () => {
  const close = await ask(manager, "POST", "review/close", { commandId: commandId() });
  expect(close.json()).toMatchObject({ status: 409, code: "review_not_ready" });
  expect(close.json().detail).toMatch(/^Still missing: /);
  const read = await ask(manager, "POST", "review/read", { commandId: commandId() });
  expect(read.json().code).toBe("reader_other");
  const sent = { commandId: commandId(), at: "2026-10-02T09:30:00.000Z" };
  expect((await ask(manager, "POST", "reports/first-report", sent)).json().code).toBe("report_not_due");
  const text = { commandId: commandId(), draft: 1, text: "Late" };
  expect((await ask(manager, "PUT", "review/texts/cause", text)).json().code).toBe("review_changed");
  expect((await ask(manager, "PUT", "review/texts/weather", text)).statusCode).toBe(400);
});
