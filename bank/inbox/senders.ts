import { addMs } from "@mainstay/kernel";
import { mail_events_max, messageIdOf, type Delivery } from "@mainstay/mail";
import { writeChannels } from "./change-store.ts";
import type { InboxDeps, Transaction } from "./deps.ts";
import {
  claimEmail,
  claimUncertain,
  doubtUnfinished,
  moveCursor,
  moveEmail,
  readCursor,
  type EmailState,
  type StoredEmail,
} from "./email-store.ts";
import { claimPush, countPushes, forgetEndpoint, settlePush, type DuePush } from "./push-store.ts";
import type { PushOutcome } from "./push-service.ts";
import { attempts_max, nextAttemptAt, topicOf } from "./rules.ts";

/**
 * How long after the connection broke the provider is asked whether it took the e-mail, in milliseconds: it
 * may still have it in hand.
 */
export const doubt_ms = 15_000;
/** How long the provider's answer is waited for before another asks again, in milliseconds. */
const ask_again_ms = 30_000;

/** Sends one e-mail that is due, urgent ones first; false where none is. */
export async function sendNextEmail(deps: InboxDeps): Promise<boolean> {
  const email = await claimEmail(deps.database.sql, deps.clock.now());
  if (email === undefined) return false;
  const delivery = await deps.mailer.send(email);
  const now = deps.clock.now();
  const { to, attemptAt } = afterAttempt(delivery, email, now);
  const problem = delivery.state === "sent" ? null : delivery.problem;
  // What the provider has told of meanwhile (a bounce) is later than this, and stays.
  await settle(deps, email.id, { from: ["sending"], to, attemptAt, problem });
  if (to !== "sent") {
    deps.log.warn({ delivery: email.id, state: to, attempts: email.attempts }, "an e-mail was not taken");
  }
  return true;
}

function afterAttempt(
  delivery: Delivery,
  email: StoredEmail,
  now: Date,
): { readonly to: EmailState; readonly attemptAt: Date } {
  switch (delivery.state) {
    case "sent":
      return { to: "sent", attemptAt: now };
    case "uncertain":
      return { to: "uncertain", attemptAt: addMs(now, doubt_ms) };
    case "never":
      return { to: "failed", attemptAt: now };
    case "again": {
      if (email.attempts >= attempts_max) return { to: "failed", attemptAt: now };
      return { to: "waiting", attemptAt: nextAttemptAt(now, email.attempts) };
    }
  }
}

/** At start: what a crash left in the mail server's hands is asked about before it is sent again. */
export async function doubtAfterCrash(deps: InboxDeps): Promise<number> {
  const now = deps.clock.now();
  return deps.database.sql.transaction().execute(async (sql) => {
    const doubted = await doubtUnfinished(sql, addMs(now, doubt_ms));
    const problem = "the process ended while a mail server had it in hand";
    await writeChannels(
      sql,
      doubted.map((id) => ({ deliveryId: id, channel: "email", state: "uncertain", at: now, problem })),
    );
    return doubted.length;
  });
}

/**
 * Asks the provider about one e-mail that nobody knows of: it was taken, or it is sent again. False where
 * none is due, or there is nobody to ask: then it stays as it is, and nobody gets it twice.
 */
export async function clearUpNext(deps: InboxDeps): Promise<boolean> {
  if (deps.mailProvider === null) return false;
  const now = deps.clock.now();
  const unclear = await claimUncertain(deps.database.sql, { now, again: addMs(now, ask_again_ms) });
  if (unclear === undefined) return false;
  const { id, attempts } = unclear;
  const found = await deps.mailProvider.find(messageIdOf(id));
  const at = deps.clock.now();
  const settled = { from: ["uncertain"], attemptAt: at, problem: null } as const;
  if (found === "taken") await settle(deps, id, { ...settled, to: "sent" });
  else if (attempts < attempts_max) await settle(deps, id, { ...settled, to: "waiting" });
  else {
    await settle(deps, id, { ...settled, to: "failed", problem: "the mail server never kept it" });
  }
  return true;
}

const own_message_id = /^<(dlv_[0-9A-Za-z]+)@/;

/** Takes what the provider has told since: e-mails that came back. True where there may be more. */
export async function takeMailEvents(deps: InboxDeps): Promise<boolean> {
  if (deps.mailProvider === null) return false;
  const after = await readCursor(deps.database.sql);
  const events = await deps.mailProvider.events(after);
  for (const event of events) {
    const id = own_message_id.exec(event.messageId)?.[1];
    await deps.database.sql.transaction().execute(async (sql) => {
      await moveCursor(sql, event.number);
      if (id === undefined) return;
      const from = ["sending", "sent", "uncertain"] as const;
      const moved = { id, from, to: "bounced", attemptAt: deps.clock.now() } as const;
      await settleIn(sql, deps, { ...moved, problem: event.reason });
    });
  }
  return events.length === mail_events_max;
}

type Settled = {
  readonly from: readonly EmailState[];
  readonly to: EmailState;
  readonly attemptAt: Date;
  readonly problem: string | null;
};

function settle(deps: InboxDeps, id: string, settled: Settled): Promise<void> {
  return deps.database.sql.transaction().execute((sql) => settleIn(sql, deps, { id, ...settled }));
}

async function settleIn(
  sql: Transaction,
  deps: InboxDeps,
  settled: Settled & { readonly id: string },
): Promise<void> {
  const { id, to, problem } = settled;
  if (!(await moveEmail(sql, settled))) return;
  const state = to === "sending" ? "waiting" : to;
  await writeChannels(sql, [{ deliveryId: id, channel: "email", state, at: deps.clock.now(), problem }]);
}

/** Sends one push that is due; false where none is. */
export async function sendNextPush(deps: InboxDeps): Promise<boolean> {
  const push = await claimPush(deps.database.sql, deps.clock.now());
  if (push === undefined) return false;
  const outcome = await hand(deps, push);
  await deps.database.sql.transaction().execute((sql) => settlePushIn(sql, deps, push, outcome));
  return true;
}

function hand(deps: InboxDeps, push: DuePush): Promise<PushOutcome> {
  if (push.target === null) return Promise.resolve({ state: "gone", problem: "the subscription has ended" });
  const topic = topicOf(push.source);
  const payload = { subject: push.subject, thread: push.threadId, tag: topic };
  return deps.pushService.send(push.target, { payload, topic });
}

async function settlePushIn(
  sql: Transaction,
  deps: InboxDeps,
  push: DuePush,
  outcome: PushOutcome,
): Promise<void> {
  const now = deps.clock.now();
  const problem = outcome.state === "sent" ? null : outcome.problem;
  if (outcome.state === "gone") await forgetEndpoint(sql, push.endpoint);
  const isAgain = outcome.state === "again" && push.attempts < attempts_max;
  const state = isAgain ? "waiting" : endStateOf(outcome);
  const attemptAt = isAgain ? nextAttemptAt(now, push.attempts, outcome.retryAfter_ms) : now;
  await settlePush(sql, push, { state, attemptAt, problem });
  if (push.deliveryId === null) return;
  const counts = await countPushes(sql, push.deliveryId);
  const change = { deliveryId: push.deliveryId, channel: "push", at: now } as const;
  if ((counts.sent ?? 0) > 0) {
    // The first of several devices is enough, and is told once.
    if (state === "sent" && counts.sent === 1) {
      await writeChannels(sql, [{ ...change, state: "sent", problem: null }]);
    }
  } else if ((counts.waiting ?? 0) + (counts.sending ?? 0) === 0) {
    const end = (counts.failed ?? 0) > 0 ? "failed" : "none";
    await writeChannels(sql, [{ ...change, state: end, problem }]);
  }
}

function endStateOf(outcome: PushOutcome): "sent" | "gone" | "failed" {
  if (outcome.state === "sent" || outcome.state === "gone") return outcome.state;
  return "failed";
}
