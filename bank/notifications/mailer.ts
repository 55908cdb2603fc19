import { createTransport } from "nodemailer";
import type { Email } from "./store.ts";

/**
 * What came of handing an e-mail to a mail server. `again`: it said no, or couldn't be reached; `uncertain`:
 * nobody knows.
 */
export type Delivery =
  | { readonly state: "sent" }
  | { readonly state: "again" | "never" | "uncertain"; readonly problem: string };

/** Hands e-mails to a mail server. */
export type Mailer = {
  readonly send: (email: Email) => Promise<Delivery>;
  readonly close: () => void;
};

/** How long a mail server may take for each step, in milliseconds. */
const step_ms_max = 10_000;
/** Whom the bank's e-mails are from; .example never is a real domain (RFC 2606). */
const sender = { name: "Mainstay", address: "hello@mainstay.example" };

/** Makes a mailer for a server on the loopback, without TLS. */
export function createMailer(server: { readonly host: string; readonly port: number }): Mailer {
  const transport = createTransport({
    host: server.host,
    port: server.port,
    secure: false,
    ignoreTLS: true,
    connectionTimeout: step_ms_max,
    greetingTimeout: step_ms_max,
    socketTimeout: step_ms_max,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async (email) => {
      try {
        await transport.sendMail({
          from: sender,
          to: { name: "", address: email.recipient },
          subject: email.subject,
          text: email.textBody,
          html: email.htmlBody,
          // The same for every attempt, so that a mail server that had it after all can tell.
          messageId: `<${email.eventId}@mainstay.example>`,
        });
        return { state: "sent" };
      } catch (error) {
        return deliveryOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** Reads an error of nodemailer: which command it came at, and the server's reply code (RFC 5321 §4.2.1). */
function deliveryOf(error: unknown): Delivery {
  const { command, responseCode, message } = error as {
    command?: string;
    responseCode?: number;
    message?: string;
  };
  const problem = String(message).slice(0, 200);
  if (responseCode !== undefined) return { state: responseCode >= 500 ? "never" : "again", problem };
  // Without a reply after the content was handed over, the server may have taken it.
  return { state: command === "DATA" ? "uncertain" : "again", problem };
}
