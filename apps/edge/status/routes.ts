import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Clock } from "@mainstay/kernel";
import { answerFile, pageHeaders, staticFile, type Logger, type StaticFile } from "@mainstay/platform";
import { atomOf, messageOf, pageOf, statusStyle, type Message } from "@mainstay/status/page";
import { answerProblem } from "../problems.ts";
import { readBody } from "../read-body.ts";
import { is, queryOf, type Exchange, type Route } from "../route.ts";
import type { ControlStatus } from "./control-status.ts";
import type { StatusKeeper } from "./keeper.ts";

/** The largest form that is read, in bytes. */
const form_bytes_max = 4_096;

export type StatusRouteDeps = {
  readonly origin: string;
  readonly bootFiles: ReadonlyMap<string, StaticFile>;
  readonly keeper: StatusKeeper;
  readonly control: Pick<ControlStatus, "subscribe" | "followLink">;
  readonly clock: Clock;
  readonly log: Logger;
};

/**
 * The public status page and its other forms, always from the edge's own copy: with control and the bank
 * away it still says what is known, and since when. Forms and links of subscriptions go to control.
 */
export function statusRoutes(deps: StatusRouteDeps): readonly Route[] {
  const { origin, keeper, clock } = deps;
  const font = [...deps.bootFiles.keys()].find((name) => /^inter-.*\.woff2$/.test(name));
  const fontPath = font === undefined ? null : `/boot/${font}`;
  const style = Buffer.from(statusStyle(fontPath));
  const headers = pageHeaders(origin, {
    code: [],
    styles: ["/status/style.css"],
    fonts: ["/boot/"],
    worker: null,
    trustedTypes: [],
    forms: ["/status/"],
  });
  const page = (exchange: Exchange, html: string, status = 200): void =>
    answerText(exchange, { status, type: "text/html; charset=utf-8", text: html, headers });
  const say = (exchange: Exchange, message: Message, status = 200): void =>
    page(exchange, messageOf(message), status);
  const shown = (isHistory: boolean) => (exchange: Exchange) =>
    page(exchange, pageOf({ ...keeper.shown(), now: clock.now(), isHistory }));
  return [
    { name: "/status", matches: is("/status"), answer: shown(false) },
    { name: "/status/history", matches: is("/status/history"), answer: shown(true) },
    {
      name: "/status.json",
      matches: is("/status.json"),
      answer: (exchange) => {
        const text = JSON.stringify(keeper.shown().status);
        answerText(exchange, { status: 200, type: "application/json; charset=utf-8", text, headers: {} });
      },
    },
    {
      name: "/status.atom",
      matches: is("/status.atom"),
      answer: (exchange) => {
        const text = atomOf(keeper.shown().status, origin);
        answerText(exchange, { status: 200, type: "application/atom+xml; charset=utf-8", text, headers: {} });
      },
    },
    {
      name: "/status/style.css",
      matches: is("/status/style.css"),
      answer: async ({ request, response }) =>
        answerFile(
          request,
          response,
          await staticFile("style.css", style, { br: null, gzip: null }),
          "public, max-age=300",
        ),
    },
    ...subscriptionRoutes(deps, say),
  ];
}

type Said = {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Others may keep what was answered, and ask each time whether it is still so. */
function answerText({ request, response }: Exchange, said: Said): void {
  const body = Buffer.from(said.text);
  const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;
  for (const [name, value] of Object.entries(said.headers)) response.setHeader(name, value);
  const isKept = said.status === 200 && (request.method === "GET" || request.method === "HEAD");
  response.setHeader("cache-control", isKept ? "no-cache" : "no-store");
  if (isKept) response.setHeader("etag", etag);
  if (isKept && request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader("content-type", said.type);
  response.setHeader("content-length", body.length);
  response.writeHead(said.status);
  response.end(request.method === "HEAD" ? undefined : body);
}

type Say = (exchange: Exchange, message: Message, status?: number) => void;

const away: Message = {
  title: "We can’t do that just now",
  text: "Part of Mainstay isn’t answering. Nothing has changed; try again in a few minutes.",
};
const run_out: Message = {
  title: "This link has run out",
  text: "Ask for mail of changes again on the status page, and we’ll send you a new one.",
};

/** Does what a form asks by way of control; while it is away nothing is promised. */
type Asked = (exchange: Exchange, work: () => Promise<readonly [Message, number]>) => Promise<void>;

function subscriptionRoutes(deps: StatusRouteDeps, say: Say): readonly Route[] {
  const { control, log } = deps;
  const asked: Asked = async (exchange, work) => {
    try {
      say(exchange, ...(await work()));
    } catch (error) {
      log.warn({ reason: String(error) }, "control doesn't take subscriptions");
      exchange.response.setHeader("retry-after", "60");
      say(exchange, away, 503);
    }
  };
  return [
    {
      name: "/status/subscriptions",
      matches: is("/status/subscriptions"),
      methods: ["POST"],
      answer: (exchange) =>
        withForm(exchange, (form) =>
          asked(exchange, async () => {
            const email = form.get("email")?.trim() ?? "";
            const place = exchange.request.socket.remoteAddress ?? "unknown";
            return subscribedWords(await control.subscribe({ email, place }));
          }),
        ),
    },
    linkRoute({
      ...{ control, asked, say, path: "/status/confirm", what: "confirm" },
      ask: {
        title: "Do you want mail of changes?",
        text: "We’ll write to you when something stops working, and when it works again.",
      },
      label: "Yes, write to me",
      done: { title: "We’ll write to you of changes", text: "Each mail has a link that ends it." },
    }),
    linkRoute({
      ...{ control, asked, say, path: "/status/unsubscribe", what: "end" },
      ask: { title: "No more mail of changes?", text: "Nothing else changes." },
      label: "End it",
      done: { title: "You won’t hear from us again", text: "Your address is deleted." },
    }),
  ];
}

/**
 * A link of a mail. Programs that look at mail follow links, so looking changes nothing: only its button
 * does, or a mail program's one click, which posts to the address itself (RFC 8058).
 */
function linkRoute(link: {
  readonly control: StatusRouteDeps["control"];
  readonly asked: Asked;
  readonly say: Say;
  readonly path: string;
  readonly what: "confirm" | "end";
  readonly ask: Message;
  readonly label: string;
  readonly done: Message;
}): Route {
  const { control, asked, say, path, what, ask, label, done } = link;
  return {
    name: path,
    matches: is(path),
    methods: ["GET", "HEAD", "POST"],
    answer: (exchange) => {
      const token = queryOf(exchange.request).get("token") ?? "";
      if (exchange.request.method !== "POST") {
        return say(exchange, { ...ask, button: { label, action: path, token } });
      }
      return withForm(exchange, (form) =>
        asked(exchange, async () => {
          const outcome = await control.followLink(what, form.get("token") ?? token);
          return outcome === "done" ? [done, 200] : [run_out, 410];
        }),
      );
    },
  };
}

function subscribedWords(outcome: "taken" | "too many" | "malformed"): readonly [Message, number] {
  switch (outcome) {
    case "taken":
      return [
        {
          title: "Look into your mailbox",
          text:
            "If that address can have mail of us, we’ve sent it a link. Follow it, and we’ll write to you " +
            "of changes.",
        },
        200,
      ];
    case "too many":
      return [{ title: "That was a lot at once", text: "Wait an hour, and try again." }, 429];
    case "malformed":
      return [
        { title: "That isn’t an e-mail address", text: "Go back, look at it again, and send it once more." },
        400,
      ];
    default:
      return outcome satisfies never;
  }
}

function isUrlEncoded(request: IncomingMessage): boolean {
  return (request.headers["content-type"] ?? "").startsWith("application/x-www-form-urlencoded");
}

/** Reads a form of at most 4 KiB; what isn't one, or comes from another site, is refused. */
function withForm(exchange: Exchange, then: (form: URLSearchParams) => Promise<void>): Promise<void> | void {
  const { request, response } = exchange;
  const site = request.headers["sec-fetch-site"];
  // Mail programs send no such header; browsers do, and another site has no business here.
  if (!isUrlEncoded(request) || site === "cross-site" || site === "same-site") {
    answerProblem(response, "bad_request");
    return;
  }
  return new Promise((done) => {
    readBody(
      request,
      (body) => {
        if (body === "too large") {
          response.setHeader("connection", "close");
          answerProblem(response, "body_too_large");
          done();
          return;
        }
        void then(new URLSearchParams(body?.toString("utf8") ?? "")).finally(done);
      },
      form_bytes_max,
    );
  });
}
