import { addMs, type Clock } from "@mainstay/kernel";
import { htmlOf, textOf, type Mailer } from "@mainstay/mail";
import { sleep, type Database, type DomainEvent, type Logger } from "@mainstay/platform";
import { contactIn, isTold, messageAbout, type Contact } from "./messages.ts";
import { addEmail, claimEmail, doubtUnfinished, settleEmail, type Email } from "./store.ts";

/** How often an e-mail is tried before it is given up. */
export const attempts_max = 8;
/**
 * How long the sender waits after the first failed attempt, in milliseconds; twice as long after each further
 * one.
 */
const first_wait_ms = 2_000;
/** How often the sender looks when nothing waits, in milliseconds. */
const idle_ms = 500;

/** What this module works with. */
export type NotificationsDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mailer: Mailer;
  /** Name and address of a person; undefined where there is nobody to write to (a demo customer). */
  readonly contactOf: (personId: string) => Promise<Contact | undefined>;
};

/** The door of notifications. */
export type Notifications = {
  /** For the outbox: writes the e-mail that an event calls for; again changes nothing. */
  readonly takeEvent: (event: DomainEvent) => Promise<void>;
  /** Sends one e-mail that is due; false where none is. */
  readonly sendNext: () => Promise<boolean>;
  /** Sends what waits, until stopped. */
  readonly start: () => { readonly stop: () => Promise<void> };
};

/** Makes the door. */
export function createNotifications(deps: NotificationsDeps): Notifications {
  const { database, clock, log, mailer } = deps;

  async function takeEvent(event: DomainEvent): Promise<void> {
    if (!isTold(event.kind)) return;
    const contact = contactIn(event) ?? (await deps.contactOf(event.subject));
    const message = contact && messageAbout(event, contact);
    if (!contact || !message) return;
    await addEmail(database, {
      eventId: event.id,
      personId: event.subject,
      kind: event.kind,
      recipient: contact.email,
      subject: message.subject,
      textBody: textOf(message),
      htmlBody: htmlOf(message),
      now: clock.now(),
    });
  }

  async function sendNext(): Promise<boolean> {
    const email = await claimEmail(database, clock.now());
    if (email === undefined) return false;
    const delivery = await mailer.send({ ...email, id: email.eventId });
    const now = clock.now();
    const settled = { eventId: email.eventId, attemptAt: now, sentAt: null, problem: null };
    if (delivery.state === "sent") {
      await settleEmail(database, { ...settled, state: "sent", sentAt: now });
      return true;
    }
    const state = stateAfter(delivery.state, email);
    const attemptAt = addMs(now, first_wait_ms * 2 ** (email.attempts - 1));
    await settleEmail(database, { ...settled, state, attemptAt, problem: delivery.problem });
    log.warn({ eventId: email.eventId, state, attempts: email.attempts }, "an e-mail was not taken");
    return true;
  }

  async function run(stopping: AbortSignal): Promise<void> {
    const doubted = await doubtUnfinished(database);
    if (doubted > 0) log.warn({ doubted }, "e-mails may or may not have been sent before the process ended");
    while (!stopping.aborted) {
      const isBusy = await sendNext().catch((error: unknown) => {
        log.warn({ error }, "the sender of e-mails will look again");
        return false;
      });
      if (!isBusy) await sleep(idle_ms, stopping);
    }
  }

  return {
    takeEvent,
    sendNext,
    start: () => {
      const stopping = new AbortController();
      const running = run(stopping.signal);
      return {
        stop: async () => {
          stopping.abort();
          await running;
          mailer.close();
        },
      };
    },
  };
}

function stateAfter(
  delivery: "again" | "never" | "uncertain",
  email: Email,
): "waiting" | "uncertain" | "failed" {
  if (delivery === "uncertain") return "uncertain";
  return delivery === "again" && email.attempts < attempts_max ? "waiting" : "failed";
}
