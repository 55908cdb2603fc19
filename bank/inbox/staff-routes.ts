import Type from "typebox";
import type { Identity, StaffMember } from "@mainstay/identity";
import type { Id, Result } from "@mainstay/kernel";
import { unwrap, type HttpServer } from "@mainstay/platform";
import {
  EmptySchema,
  IdSchema,
  StaffThreadsQuerySchema,
  StaffThreadsSchema,
  StaffThreadWholeSchema,
  ThreadReplySchema,
  ThreadsWaitingSchema,
  withProblems,
  type StaffRole,
  type StaffThreadWhole,
  type Thread,
} from "@mainstay/wire";
import { inbox_problems, type InboxCode } from "./errors.ts";
import type { Inbox } from "./inbox.ts";
import type { InSameTransaction, OfCustomer } from "./staff-threads.ts";

/** What the routes need. */
export type InboxStaffRoutesDeps = {
  readonly inbox: Pick<Inbox, "staff">;
  readonly identity: Pick<Identity, "staff" | "customers">;
};

type Customer = StaffThreadWhole["customer"];

const Params = Type.Object({ thread: IdSchema("thr") });
const tags = ["staff"];
const roles: readonly StaffRole[] = ["support"];

/** Whose threads these are, by person. */
async function customersOf(
  { identity }: InboxStaffRoutesDeps,
  people: readonly Id<"person">[],
): Promise<(personId: Id<"person">) => Customer> {
  const found = await identity.customers({ people: [...new Set(people)] });
  const known = new Map(found.map(({ personId, ref, name }) => [personId, { ref, name }]));
  return (personId) => known.get(personId) ?? { ref: "", name: "" };
}

/** One conversation as staff see it, and changes of it; whatever is shown or done is in the audit. */
function createThreadViews(deps: InboxStaffRoutesDeps) {
  const { staff } = deps.identity;

  async function wholeView({ personId, ...thread }: OfCustomer<Thread>): Promise<StaffThreadWhole> {
    return { ...thread, customer: (await customersOf(deps, [personId]))(personId) };
  }

  /** A change by staff, in the audit with it; where it changed nothing, the look is. */
  async function change(
    by: StaffMember,
    action: string,
    subject: string,
    run: (alsoDo: InSameTransaction) => Promise<Result<OfCustomer<Thread>, InboxCode>>,
  ): Promise<StaffThreadWhole> {
    let isChange = false;
    const changed = await run(async (sql, personId) => {
      isChange = true;
      const { ref } = (await customersOf(deps, [personId]))(personId);
      await staff.did(sql, by, { action, subject, customers: [ref] });
    });
    const view = await wholeView(unwrap(changed, inbox_problems));
    if (!isChange) await seen(by, view);
    return view;
  }
  const seen = (by: StaffMember, { id, customer }: StaffThreadWhole) =>
    staff.looked(by, { action: "thread-seen", subject: id, customers: [customer.ref] });

  return { wholeView, change, seen };
}

/** Adds what staff ask about messages with customers. Each look and each answer is in the audit. */
export function addInboxStaffRoutes(server: HttpServer, deps: InboxStaffRoutesDeps): void {
  addLists(server, deps);
  const { inbox } = deps;
  const { staff } = deps.identity;
  const { wholeView, change, seen } = createThreadViews(deps);

  server.get(
    "/staff/threads/:thread",
    {
      schema: {
        tags,
        summary: "One conversation, whole",
        params: Params,
        response: withProblems(StaffThreadWholeSchema),
      },
    },
    async (request) => {
      const by = staff.require(request, roles);
      const view = await wholeView(unwrap(await inbox.staff.thread(request.params.thread), inbox_problems));
      await seen(by, view);
      return view;
    },
  );
  server.post(
    "/staff/threads/:thread/entries",
    {
      schema: {
        tags,
        summary: "Answer; the same again changes nothing",
        params: Params,
        body: ThreadReplySchema,
        response: withProblems(StaffThreadWholeSchema),
      },
    },
    async (request) => {
      const by = staff.require(request, roles);
      const { thread: threadId } = request.params;
      const { id: entryId, text } = request.body;
      return change(by, "thread-answered", threadId, (alsoDo) =>
        inbox.staff.answer({ threadId, entryId, text, by, alsoDo }),
      );
    },
  );
  server.post(
    "/staff/threads/:thread/done",
    {
      schema: {
        tags,
        summary: "It needs no answer; again changes nothing",
        params: Params,
        body: EmptySchema,
        response: withProblems(StaffThreadWholeSchema),
      },
    },
    async (request) => {
      const by = staff.require(request, roles);
      const { thread: threadId } = request.params;
      return change(by, "thread-done", threadId, (alsoDo) => inbox.staff.done({ threadId, alsoDo }));
    },
  );
}

function addLists(server: HttpServer, deps: InboxStaffRoutesDeps): void {
  const { inbox, identity } = deps;
  const { staff } = identity;
  server.get(
    "/staff/threads",
    {
      schema: {
        tags,
        summary: "Conversations: those that wait for us, oldest first, or the newest of all",
        querystring: StaffThreadsQuerySchema,
        response: withProblems(StaffThreadsSchema),
      },
    },
    async (request) => {
      const by = staff.require(request, roles);
      const isWaitingOnly = request.query.waitsFor === "bank";
      const { threads, waiting } = await inbox.staff.threads({ isWaitingOnly });
      const customerOf = await customersOf(
        deps,
        threads.map(({ personId }) => personId),
      );
      const shown = threads.map(({ personId, ...thread }) => ({ ...thread, customer: customerOf(personId) }));
      const customers = [...new Set(shown.map(({ customer }) => customer.ref))];
      await staff.looked(by, {
        action: "threads-seen",
        subject: "threads",
        customers,
        details: { threads: shown.length },
      });
      return { threads: shown, waiting };
    },
  );
  server.get(
    "/staff/threads/waiting",
    { schema: { tags, summary: "How many wait for us", response: withProblems(ThreadsWaitingSchema) } },
    async (request) => {
      // A number says nothing about anybody: it isn't a look.
      staff.require(request, roles);
      return { waiting: (await inbox.staff.threads({ isWaitingOnly: true })).waiting };
    },
  );
}
