import Type from "typebox";
import { Value } from "typebox/value";

/** What became of an e-mail after a mail server took it. */
export type MailEvent = {
  /** Rises by one with each event. */
  readonly number: number;
  /** With its angle brackets. */
  readonly messageId: string;
  readonly kind: "bounced";
  readonly at: Date;
  /** The receiving server's words, such as `550 5.1.1 No such mailbox`. */
  readonly reason: string;
};

/** What whoever runs the mail server can tell about e-mails, beside the SMTP conversation itself. */
export type MailProvider = {
  /** Says whether an e-mail under this Message-ID was taken. Throws where the provider can't be asked. */
  readonly find: (messageId: string) => Promise<"taken" | "not-taken">;
  /** Events after that number, in order, at most `mail_events_max`; 0 for all. Throws as `find` does. */
  readonly events: (after: number) => Promise<readonly MailEvent[]>;
};

/** The most events of one answer. */
export const mail_events_max = 500;
/** How long the provider may take to answer, in milliseconds. */
const answer_ms_max = 5_000;

/** GET /api/mail/events?after=<number> at the provider. */
export const MailEventsSchema = Type.Object({
  events: Type.Array(
    Type.Object({
      number: Type.Integer({ minimum: 1 }),
      messageId: Type.String(),
      kind: Type.Literal("bounced"),
      at: Type.String(),
      reason: Type.String(),
    }),
    { maxItems: mail_events_max },
  ),
});

/**
 * Makes the port to a provider with HTTP endpoints: `/api/mail/messages/:messageId` and `/api/mail/events`.
 */
export function createMailProvider({ url }: { readonly url: string }): MailProvider {
  const ask = (path: string): Promise<Response> =>
    fetch(new URL(path, url), { signal: AbortSignal.timeout(answer_ms_max), redirect: "error" });
  return {
    find: async (messageId) => {
      const response = await ask(`/api/mail/messages/${encodeURIComponent(messageId)}`);
      await response.body?.cancel();
      if (response.status === 200) return "taken";
      if (response.status === 404) return "not-taken";
      throw new Error(`the mail provider answered ${response.status}`);
    },
    events: async (after) => {
      const response = await ask(`/api/mail/events?after=${after}`);
      if (response.status !== 200) throw new Error(`the mail provider answered ${response.status}`);
      const { events } = Value.Parse(MailEventsSchema, await response.json());
      return events.map((event) => ({ ...event, at: new Date(event.at) }));
    },
  };
}
