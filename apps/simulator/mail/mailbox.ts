import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from "smtp-server";
import { createBoundedMap, newId, present, type Clock, type Id, type Random } from "@mainstay/kernel";
import { sleep } from "@mainstay/platform";
import type { Faults } from "../faults.ts";

/** The largest message that is taken, in bytes. */
export const message_bytes_max = 512 * 1024;
/** How many messages are kept to be read; the oldest goes first. */
export const messages_max = 20_000;
/** Of how many messages it is remembered that they were taken. */
const taken_max = 200_000;
/** How many bounces are remembered; the oldest goes first. */
const bounces_max = 20_000;
/** How many connections may be open at once. */
const connections_max = 50;
/**
 * How long the slow fault keeps the bank waiting for the last reply, in milliseconds: longer than it waits.
 */
export const slow_reply_ms = 12_000;

/** Whose mail goes wrong whatever the faults: by what the local part of the address begins with. */
export const mail_rules = [
  { begins: "bounce", outcome: "is taken, and bounces" },
  { begins: "refuse", outcome: "is refused for good (550)" },
] as const;

/** A message that the bank sent. */
export type MailMessage = {
  readonly id: Id<"mail">;
  readonly to: readonly string[];
  readonly from: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly receivedAt: Date;
};

/** A message that was taken, and that whoever it was for never got. */
export type Bounce = {
  readonly number: number;
  readonly messageId: string;
  readonly at: Date;
  readonly reason: string;
};

/** A mail server that keeps what it is given. */
export type Mailbox = {
  readonly port: number;
  /** Newest first. */
  readonly messages: () => readonly MailMessage[];
  readonly count: () => number;
  readonly find: (id: string) => MailMessage | undefined;
  /** When a message of this Message-ID was taken; undefined where none was. */
  readonly takenAt: (messageId: string) => Date | undefined;
  /** Bounces after that number, in order. */
  readonly bounces: (after: number, limit: number) => readonly Bounce[];
  readonly stop: () => Promise<void>;
};

type MailDeps = { readonly faults: Faults; readonly clock: Clock; readonly random: Random };

/** What the mail server remembers. */
function createStore({ clock }: MailDeps) {
  const kept = new Map<string, MailMessage>();
  const taken = createBoundedMap<string, Date>(taken_max);
  const bounces: Bounce[] = [];
  let bounced = 0;
  return {
    keep: (message: MailMessage) => {
      kept.set(message.id, message);
      if (message.messageId !== "") taken.set(message.messageId, message.receivedAt);
      const [oldest] = kept.keys();
      if (kept.size > messages_max && oldest !== undefined) kept.delete(oldest);
    },
    bounce: ({ messageId }: MailMessage) => {
      bounced += 1;
      bounces.push({ number: bounced, messageId, at: clock.now(), reason: "550 5.1.1 No such mailbox" });
      if (bounces.length > bounces_max) bounces.shift();
    },
    messages: () => [...kept.values()].toReversed(),
    count: () => kept.size,
    find: (id: string) => kept.get(id),
    takenAt: (messageId: string) => taken.get(messageId),
    bounces: (after: number, limit: number) => bounces.filter(({ number }) => number > after).slice(0, limit),
  };
}

async function messageOf(raw: Buffer, to: readonly string[], deps: MailDeps): Promise<MailMessage> {
  const parsed = await PostalMime.parse(raw);
  return {
    id: newId("mail", deps),
    to,
    from: parsed.from?.address ?? "",
    subject: parsed.subject ?? "",
    text: parsed.text ?? "",
    html: parsed.html ?? "",
    messageId: parsed.messageId ?? "",
    receivedAt: deps.clock.now(),
  };
}

function isFor(to: readonly string[], begins: (typeof mail_rules)[number]["begins"]): boolean {
  return to.some((address) => address.toLowerCase().startsWith(begins));
}

/** Starts the SMTP server on a port of the loopback (0: any free one). */
export async function startMailbox(deps: MailDeps & { readonly port: number }): Promise<Mailbox> {
  const { port, faults } = deps;
  const store = createStore(deps);
  const sockets = new Map<number, Socket>();
  const stopping = new AbortController();

  /** Takes a message under the fault that is on; an error's code is the reply. */
  async function receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const to = session.envelope.rcptTo.map((recipient) => recipient.address);
    const raw = await readBounded(stream);
    const { mail } = faults.settings();
    if (mail === "refuse") throw replyError(451, "Try again later");
    if (mail === "refuse-for-good" || isFor(to, "refuse")) throw replyError(550, "Nobody here by that name");
    const message = await messageOf(raw, to, deps);
    store.keep(message);
    if (mail === "accept-then-bounce" || isFor(to, "bounce")) store.bounce(message);
    if (mail === "slow") await sleep(slow_reply_ms, stopping.signal);
    if (mail === "drop-after-data") sockets.get(session.remotePort)?.destroy();
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: message_bytes_max,
    maxClients: connections_max,
    disableReverseLookup: true,
    logger: false,
    onData: (stream, session, callback) => {
      receive(stream, session).then(() => callback(), callback);
    },
  });
  // A client that breaks off is no reason to end the process.
  server.on("error", () => undefined);
  server.server.on("connection", (socket: Socket) => {
    const from = socket.remotePort;
    if (from === undefined) return;
    sockets.set(from, socket);
    socket.once("close", () => sockets.delete(from));
  });
  const listening = server.listen(port, "127.0.0.1");
  await once(listening, "listening");
  return {
    ...store,
    port: present(listening.address() as AddressInfo | null, "the mail server's address").port,
    stop: () => {
      stopping.abort();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function readBounded(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  if (stream.sizeExceeded) throw replyError(552, "The message is too large");
  return Buffer.concat(chunks);
}

/** An error that the SMTP server answers with a reply code (RFC 5321 §4.2). */
function replyError(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}
