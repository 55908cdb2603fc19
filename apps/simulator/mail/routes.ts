import Type from "typebox";
import { platform_problems, problem, type HttpServer } from "@mainstay/platform";
import { mailPage, messagePage } from "../pages/mail.ts";
import type { Mailbox } from "./mailbox.ts";

/** How many messages a page shows, and how many bounces an answer holds. */
export const page_messages_max = 100;
const bounces_answer_max = 500;

const PageQuery = Type.Object(
  {
    to: Type.Optional(Type.String({ maxLength: 254 })),
    skip: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  { additionalProperties: false },
);

/** Adds the pages on which the mail is read, and what the bank asks of whoever delivers it. */
export function addMailRoutes(server: HttpServer, mailbox: Mailbox): void {
  server.get("/mail", { schema: { querystring: PageQuery } }, (request, reply) => {
    const { to = "", skip = 0 } = request.query;
    const wanted = to.trim().toLowerCase();
    const found = mailbox
      .messages()
      .filter((message) => message.to.some((address) => address.toLowerCase().includes(wanted)));
    const messages = found.slice(skip, skip + page_messages_max);
    const markup = mailPage({ messages, total: found.length, to, skip });
    return reply.type("text/html; charset=utf-8").send(markup);
  });
  server.get(
    "/mail/:id",
    { schema: { params: Type.Object({ id: Type.String({ maxLength: 40 }) }) } },
    (request, reply) => {
      const message = mailbox.find(request.params.id);
      if (message === undefined) throw problem(platform_problems, "not_found");
      return reply.type("text/html; charset=utf-8").send(messagePage(message));
    },
  );
  // For programs: all that is kept, newest first, without the HTML.
  server.get("/api/mail", () => ({
    messages: mailbox.messages().map(({ html: _html, ...message }) => message),
  }));
  addProviderRoutes(server, mailbox);
}

/** What a mail provider tells beside SMTP: whether it took a message, and what bounced later. */
function addProviderRoutes(server: HttpServer, mailbox: Mailbox): void {
  server.get(
    "/api/mail/messages/:messageId",
    { schema: { params: Type.Object({ messageId: Type.String({ maxLength: 200 }) }) } },
    (request) => {
      const { messageId } = request.params;
      const takenAt = mailbox.takenAt(messageId);
      if (takenAt === undefined) throw problem(platform_problems, "not_found");
      return { messageId, takenAt: takenAt.toISOString() };
    },
  );
  const EventsQuery = Type.Object(
    { after: Type.Optional(Type.Integer({ minimum: 0 })) },
    { additionalProperties: false },
  );
  server.get("/api/mail/events", { schema: { querystring: EventsQuery } }, (request) => ({
    events: mailbox
      .bounces(request.query.after ?? 0, bounces_answer_max)
      .map((bounce) => ({ ...bounce, kind: "bounced" as const, at: bounce.at.toISOString() })),
  }));
}
