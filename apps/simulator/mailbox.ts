import { once } from "node:events";
import type { AddressInfo } from "node:net";
import PostalMime from "postal-mime";
import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import { newId, present, type Clock, type Id, type Random } from "@mainstay/kernel";
import type { Faults } from "./faults.ts";

/** The largest message that is taken, in bytes. */
export const message_bytes_max = 512 * 1024;
/** How many messages are kept; the oldest goes first. */
export const messages_max = 500;
/** How many connections may be open at once. */
const connections_max = 20;

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

/** A mail server that keeps what it is given. */
export type Mailbox = {
  readonly port: number;
  /** Newest first. */
  readonly messages: () => readonly MailMessage[];
  readonly find: (id: string) => MailMessage | undefined;
  readonly stop: () => Promise<void>;
};

/** Starts the SMTP server on a port of the loopback (0: any free one). */
export async function startMailbox(deps: {
  readonly port: number;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly random: Random;
}): Promise<Mailbox> {
  const { port, faults, clock, random } = deps;
  let kept: readonly MailMessage[] = [];

  async function receive(stream: SMTPServerDataStream, to: readonly string[]): Promise<void> {
    const raw = await readBounded(stream);
    if (faults.settings().mail === "refuse") throw replyError(451, "Try again later");
    const parsed = await PostalMime.parse(raw);
    const message: MailMessage = {
      id: newId("mail", { clock, random }),
      to,
      from: parsed.from?.address ?? "",
      subject: parsed.subject ?? "",
      text: parsed.text ?? "",
      html: parsed.html ?? "",
      messageId: parsed.messageId ?? "",
      receivedAt: clock.now(),
    };
    kept = [message, ...kept].slice(0, messages_max);
  }

  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    size: message_bytes_max,
    maxClients: connections_max,
    disableReverseLookup: true,
    logger: false,
    onData: (stream, session, callback) => {
      const to = session.envelope.rcptTo.map((recipient) => recipient.address);
      receive(stream, to).then(() => callback(), callback);
    },
  });
  // A client that breaks off is no reason to end the process.
  server.on("error", () => undefined);
  const listening = server.listen(port, "127.0.0.1");
  await once(listening, "listening");
  return {
    port: present(listening.address() as AddressInfo | null, "the mail server's address").port,
    messages: () => kept,
    find: (id) => kept.find((message) => message.id === id),
    stop: () => new Promise((resolve) => server.close(() => resolve())),
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
