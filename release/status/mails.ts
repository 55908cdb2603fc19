import { addMs, type Clock } from "@mainstay/kernel";
import {
  htmlOf,
  messageIdOf,
  textOf,
  type Email,
  type Letter,
  type Mailer,
  type MailProvider,
} from "@mainstay/mail";
import { sleep, type Logger } from "@mainstay/platform";
import * as store from "./mail-store.ts";
import { update_words } from "./page/index.ts";
import type { Subscriptions } from "./subscriptions.ts";
import type { StatusDb } from "./tables.ts";
import type { PublicState } from "./types.ts";

/** How often a mail is tried before it is given up. */
export const attempts_max = 8;
/** How long after the first failed attempt it is tried again, in milliseconds; twice as long each time. */
const first_wait_ms = 2_000;
/** The least time between two mails, in milliseconds: at most twenty a second. */
export const mail_ms_min = 50;
/** How often the sender looks when nothing waits, in milliseconds. */
const idle_ms = 1_000;
const doubted_max = 100;

/** What the sender is made of. */
export type MailDeps = {
  readonly db: StatusDb;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mailer: Mailer;
  /** Who knows whether a mail was taken; without one, a mail in doubt isn't sent again. */
  readonly provider: Pick<MailProvider, "find"> | null;
  /** What customers call the edge by: where the links lead. */
  readonly origin: string;
  readonly subscriptions: Subscriptions;
};

/** Lays out the mail that is due. */
export function emailOf(deps: Pick<MailDeps, "origin" | "subscriptions">, mail: store.DueMail): Email {
  const { origin, subscriptions } = deps;
  const { id, email: recipient, subscriber, update } = mail;
  if (update === null) {
    const token = subscriptions.confirmToken(subscriber, mail.askedAt);
    const letter: Letter = {
      subject: "Do you want mail when Mainstay’s status changes?",
      paragraphs: [
        "Somebody, we hope you, asked that we write to this address whenever something at Mainstay stops " +
          "working, and when it works again.",
        "If it wasn’t you, do nothing: you won’t hear from us again.",
      ],
      link: { label: "Yes, tell me", url: `${origin}/status/confirm?token=${token}` },
    };
    return { id, recipient, subject: letter.subject, textBody: textOf(letter), htmlBody: htmlOf(letter) };
  }
  const end = `${origin}/status/unsubscribe?token=${subscriptions.endToken(subscriber)}`;
  const letter: Letter = {
    subject: `${update.title}: ${update_words[update.state as PublicState].toLowerCase()}`,
    paragraphs: [update.text],
    link: { label: "What works now", url: `${origin}/status` },
    footnotes: ["You asked us to tell you of changes of our status.", `To end it: ${end}`],
  };
  return {
    ...{ id, recipient, subject: letter.subject, textBody: textOf(letter), htmlBody: htmlOf(letter) },
    // One click ends it, without a page in between (RFC 2369, RFC 8058).
    headers: { "List-Unsubscribe": `<${end}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" },
  };
}

/** Sends one mail that is due; false where none is. */
export async function sendNext(deps: MailDeps): Promise<boolean> {
  const { db, clock, mailer } = deps;
  const mail = await store.claimMail(db, clock.now());
  if (mail === undefined) return false;
  const delivery = await mailer.send(emailOf(deps, mail));
  const now = clock.now();
  if (delivery.state === "sent") {
    await store.settleMail(db, mail.id, { state: "sent", attemptAt: now, sentAt: now, problem: null });
    return true;
  }
  const isAgain = delivery.state === "again" && mail.attempts < attempts_max;
  const state = isAgain ? "waiting" : delivery.state === "uncertain" ? "uncertain" : "failed";
  const attemptAt = addMs(now, first_wait_ms * 2 ** (mail.attempts - 1));
  await store.settleMail(db, mail.id, { state, attemptAt, sentAt: null, problem: delivery.problem });
  return true;
}

/** Clears up mails in doubt: what the provider never took is sent again, everything else is let be. */
export async function clearDoubts(deps: MailDeps): Promise<void> {
  const { db, clock, provider } = deps;
  if (provider === null) return;
  for (const id of await store.uncertainMails(db, doubted_max)) {
    const found = await provider.find(messageIdOf(id));
    const now = clock.now();
    await store.settleMail(db, id, {
      state: found === "taken" ? "sent" : "waiting",
      attemptAt: now,
      sentAt: found === "taken" ? now : null,
      problem: null,
    });
  }
}

/** Sends what waits, until stopped. */
export async function runSender(deps: MailDeps, stopping: AbortSignal): Promise<void> {
  const { db, log } = deps;
  let isPrepared = false;
  while (!stopping.aborted) {
    const isBusy = await (async () => {
      if (!isPrepared) await store.doubtUnfinished(db);
      isPrepared = true;
      await clearDoubts(deps);
      return sendNext(deps);
    })().catch((error: unknown) => {
      log.warn({ error }, "the sender of status mails will look again");
      return false;
    });
    await sleep(isBusy ? mail_ms_min : idle_ms, stopping);
  }
}
