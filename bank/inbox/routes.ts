import Type from "typebox";
import type { Identity } from "@mainstay/identity";
import { problem, unwrap, type HttpServer } from "@mainstay/platform";
import {
  IdSchema,
  InboxSchema,
  PushAnswerSchema,
  PushEndedSchema,
  PushKeySchema,
  PushSubscriptionSchema,
  ThreadBeginSchema,
  ThreadReplySchema,
  ThreadSchema,
  withProblems,
  EmptySchema,
  type Thread,
} from "@mainstay/wire";
import type { Result } from "@mainstay/kernel";
import { inbox_problems } from "./errors.ts";
import type { Inbox } from "./inbox.ts";
import type { WriteRefusal } from "./threads.ts";

/** What the routes need. */
export type InboxRoutesDeps = {
  readonly inbox: Inbox;
  readonly identity: Pick<Identity, "authenticator">;
};

const Params = Type.Object({ thread: IdSchema("thr") });
const NoBody = Type.Union([EmptySchema, Type.Null()]);
const tags = ["inbox"];

function written(result: Result<Thread, WriteRefusal>): Thread {
  if (result.ok) return result.value;
  const { code, ...extra } = result.error;
  throw problem(inbox_problems, code, extra);
}

/** Adds the customer's routes: messages under /api/inbox, and where pushes go. */
export function addInboxRoutes(server: HttpServer, deps: InboxRoutesDeps): void {
  addReadingRoutes(server, deps);
  addWritingRoutes(server, deps);
  addPushRoutes(server, deps);
}

function addReadingRoutes(server: HttpServer, { inbox, identity }: InboxRoutesDeps): void {
  const { authenticator } = identity;
  server.get(
    "/api/inbox",
    {
      // The app asks by itself, when it hears of news: that doesn't show that the customer is there.
      onRequest: authenticator.requireSession({ sees: "full", counts: false }),
      schema: { tags, summary: "My messages, and what concerns me now", response: withProblems(InboxSchema) },
    },
    (request) => inbox.inboxOf(authenticator.principalOf(request).personId),
  );
  server.get(
    "/api/inbox/:thread",
    {
      onRequest: authenticator.requireSession(),
      schema: { tags, summary: "One conversation", params: Params, response: withProblems(ThreadSchema) },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      return unwrap(await inbox.thread({ personId, id: request.params.thread }), inbox_problems);
    },
  );
  server.post(
    "/api/inbox/:thread/read",
    {
      onRequest: authenticator.requireSession(),
      schema: {
        tags,
        summary: "I have read it",
        params: Params,
        body: NoBody,
        response: withProblems(ThreadSchema),
      },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      return unwrap(await inbox.read({ personId, id: request.params.thread }), inbox_problems);
    },
  );
}

function addWritingRoutes(server: HttpServer, { inbox, identity }: InboxRoutesDeps): void {
  const { authenticator } = identity;
  const onRequest = authenticator.requireSession();
  server.post(
    "/api/inbox",
    {
      onRequest,
      schema: {
        tags,
        summary: "Write to us; the same again changes nothing",
        body: ThreadBeginSchema,
        response: withProblems(ThreadSchema),
      },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      return written(await inbox.begin({ personId, ...request.body }));
    },
  );
  server.post(
    "/api/inbox/:thread/entries",
    {
      onRequest,
      schema: {
        tags,
        summary: "Write back; the same again changes nothing",
        params: Params,
        body: ThreadReplySchema,
        response: withProblems(ThreadSchema),
      },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      const { id: entryId, text } = request.body;
      return written(await inbox.reply({ personId, id: request.params.thread, entryId, text }));
    },
  );
}

function addPushRoutes(server: HttpServer, { inbox, identity }: InboxRoutesDeps): void {
  const { authenticator } = identity;
  const onRequest = authenticator.requireSession();
  server.get(
    "/api/push",
    {
      onRequest,
      schema: {
        tags,
        summary: "The key of our pushes, and whether this device takes them",
        response: withProblems(PushKeySchema),
      },
    },
    (request) => inbox.pushKey(authenticator.principalOf(request)),
  );
  server.put(
    "/api/push",
    {
      onRequest,
      schema: {
        tags,
        summary: "This device takes pushes",
        body: PushSubscriptionSchema,
        response: withProblems(PushAnswerSchema),
      },
    },
    async (request) => {
      const { personId, deviceId } = authenticator.principalOf(request);
      const { endpoint, keys } = request.body;
      unwrap(await inbox.subscribe({ personId, deviceId }, { endpoint, ...keys }), inbox_problems);
      return {};
    },
  );
  server.delete(
    "/api/push",
    {
      onRequest,
      schema: {
        tags,
        summary: "No more pushes to this endpoint",
        body: PushEndedSchema,
        response: withProblems(PushAnswerSchema),
      },
    },
    async (request) => {
      const { personId } = authenticator.principalOf(request);
      await inbox.unsubscribe(personId, request.body.endpoint);
      return {};
    },
  );
}
