import { Readable } from "node:stream";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";

/** An e-mail, laid out. */
export type Email = {
  /** Letters, digits, `_` and `-`; the same at every attempt: the Message-ID is made of it. */
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly textBody: string;
  readonly htmlBody: string;
  /** Further header fields by name, such as `List-Unsubscribe` (RFC 8058). */
  readonly headers?: Readonly<Record<string, string>>;
};

/**
 * What came of handing an e-mail to a mail server. `again`: it said no for now, or couldn't be reached;
 * `never`: no for good; `uncertain`: the connection ended after the content was begun and before a reply
 * came, so that the server may have taken it (RFC 1047): ask the provider before sending it again.
 */
export type Delivery =
  | { readonly state: "sent" }
  | { readonly state: "again" | "never" | "uncertain"; readonly problem: string };

/** Hands e-mails to a mail server. Any number may be under way at once. */
export type Mailer = {
  readonly send: (email: Email) => Promise<Delivery>;
  /** Breaks off what is under way: those come out as they stand, mostly `again` or `uncertain`. */
  readonly close: () => void;
};

/** Whom e-mails are from. */
export type Sender = { readonly name: string; readonly address: string };

/** How long a mail server may take for each step, in milliseconds. */
const step_ms_max = 10_000;
/** The longest problem that is kept, in UTF-16 units. */
const problem_length_max = 200;
/** Whom the bank's e-mails are from; .example never is a real domain (RFC 2606). */
const bank_sender: Sender = { name: "Mainstay", address: "hello@mainstay.example" };

/** The Message-ID of an e-mail, with its angle brackets: how it is found at the provider's. */
export function messageIdOf(id: string): string {
  if (!/^[\w-]{1,100}$/.test(id)) throw new Error("an e-mail's id has letters, digits, _ and - alone");
  return `<${id}@mainstay.example>`;
}

/**
 * Makes a mailer for a server on the loopback, without TLS.
 *
 * `from` names another sender than the bank itself; `step_ms` another patience, in milliseconds.
 */
export function createMailer(server: {
  readonly host: string;
  readonly port: number;
  readonly from?: Sender;
  readonly step_ms?: number;
}): Mailer {
  const from = server.from ?? bank_sender;
  const patience_ms = server.step_ms ?? step_ms_max;
  const open = new Set<SMTPConnection>();
  return {
    send: async (email) => {
      const composed = new MailComposer({
        from,
        to: { name: "", address: email.recipient },
        subject: email.subject,
        text: email.textBody,
        html: email.htmlBody,
        messageId: messageIdOf(email.id),
        headers: { ...email.headers },
        disableFileAccess: true,
        disableUrlAccess: true,
      }).compile();
      const content = await composed.build();
      const connection = new SMTPConnection({
        host: server.host,
        port: server.port,
        secure: false,
        ignoreTLS: true,
        connectionTimeout: patience_ms,
        greetingTimeout: patience_ms,
        socketTimeout: patience_ms,
      });
      open.add(connection);
      const delivery = await handOver(connection, composed.getEnvelope(), content);
      open.delete(connection);
      return delivery;
    },
    close: () => {
      for (const connection of open) connection.close();
    },
  };
}

type Envelope = Parameters<SMTPConnection["send"]>[0];

/** Talks to the server once; whatever happens comes out as a delivery. */
function handOver(connection: SMTPConnection, envelope: Envelope, content: Buffer): Promise<Delivery> {
  let isContentBegun = false;
  // The library reads it only once the server has said "go on" (354): until then nothing can be taken.
  const stream = Readable.from(
    (function* () {
      isContentBegun = true;
      yield content;
    })(),
  );
  return new Promise((resolve) => {
    const fail = (error: unknown): void => {
      resolve(deliveryOf(error, isContentBegun));
      connection.close();
    };
    connection.on("error", fail);
    connection.once("end", () => fail(new Error("the connection was closed")));
    connection.connect((connectError?: unknown) => {
      if (connectError) return fail(connectError);
      connection.send(envelope, stream, (error) => {
        if (error) return fail(error);
        resolve({ state: "sent" });
        connection.quit();
      });
    });
  });
}

/** Reads an error: the server's reply code where it gave one (RFC 5321 §4.2.1), else how far it had come. */
function deliveryOf(error: unknown, isContentBegun: boolean): Delivery {
  const { responseCode, message } = error as { responseCode?: number; message?: string };
  const problem = String(message).slice(0, problem_length_max);
  if (responseCode !== undefined) return { state: responseCode >= 500 ? "never" : "again", problem };
  return { state: isContentBegun ? "uncertain" : "again", problem };
}
