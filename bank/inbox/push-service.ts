import { createECDH } from "node:crypto";
import webPush from "web-push";
import type { PushTarget } from "./types.ts";

/** The keys by which this bank's pushes are signed (RFC 8292): raw P-256, base64url. */
export type PushKeys = { readonly publicKey: string; readonly privateKey: string };

/** Makes such keys. Whoever subscribed under others has to subscribe anew. */
export function makePushKeys(): PushKeys {
  return webPush.generateVAPIDKeys();
}

/** What came of handing a push to its service. */
export type PushOutcome =
  | { readonly state: "sent" }
  /** The browser took the subscription back. */
  | { readonly state: "gone"; readonly problem: string }
  | { readonly state: "again"; readonly problem: string; readonly retryAfter_ms: number }
  | { readonly state: "never"; readonly problem: string };

/** A push as it is sent: what the worker reads, and how long the service keeps it. */
export type Push = {
  /** All that it says; encrypted for the browser (RFC 8291). */
  readonly payload: { readonly subject: string; readonly thread: string | null; readonly tag: string };
  readonly topic: string;
};

/** Hands pushes to push services. */
export type PushService = {
  /** What browsers ask for when they subscribe. */
  readonly publicKey: string;
  /** Says whether the bank sends to an endpoint at all. */
  readonly isKnown: (endpoint: string) => boolean;
  readonly send: (target: PushTarget, push: Push) => Promise<PushOutcome>;
};

/** Whom a push service writes to when something is wrong with the bank's pushes (RFC 8292 §2.1). */
const contact = "mailto:hello@mainstay.example";
/** For how long a service keeps a push for a device that is off, in seconds. */
const keep_s = 24 * 60 * 60;
/** How long a service may take to answer, in milliseconds. */
const answer_ms_max = 10_000;
/** The longest subject that fits with the rest into the 3,993 bytes which every service takes. */
const subject_length_max = 200;

/** Says whether a browser's keys are what RFC 8291 asks for: a point of P-256, and 16 bytes. */
export function arePushKeys(keys: Pick<PushTarget, "p256dh" | "auth">): boolean {
  if (Buffer.from(keys.auth, "base64url").length !== 16) return false;
  const point = Buffer.from(keys.p256dh, "base64url");
  if (point.length !== 65) return false;
  const trial = createECDH("prime256v1");
  trial.generateKeys();
  try {
    trial.computeSecret(point);
    return true;
  } catch {
    return false;
  }
}

/** Makes the way to push services. An endpoint that `isKnown` doesn't know is never asked. */
export function createPushService(options: {
  readonly keys: PushKeys;
  readonly isKnown: (endpoint: string) => boolean;
}): PushService {
  const { keys, isKnown } = options;
  return {
    publicKey: keys.publicKey,
    isKnown,
    send: async (target, push) => {
      if (!isKnown(target.endpoint)) return { state: "never", problem: "the push service isn't known" };
      const subject = push.payload.subject.slice(0, subject_length_max);
      const { headers, body } = webPush.generateRequestDetails(
        { endpoint: target.endpoint, keys: { p256dh: target.p256dh, auth: target.auth } },
        JSON.stringify({ ...push.payload, subject }),
        {
          vapidDetails: { subject: contact, ...keys },
          TTL: keep_s,
          urgency: "normal",
          topic: push.topic,
          contentEncoding: "aes128gcm",
        },
      );
      return post(target.endpoint, headers, body);
    },
  };
}

async function post(
  endpoint: string,
  headers: Readonly<Record<string, string | number>>,
  body: Buffer,
): Promise<PushOutcome> {
  const sent = Object.entries(headers)
    .filter(([name]) => name.toLowerCase() !== "content-length")
    .map(([name, value]): [string, string] => [name, String(value)]);
  try {
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: sent,
      body: new Uint8Array(body),
      // Where a service would send us on to isn't on the list of those we send to.
      redirect: "manual",
      signal: AbortSignal.timeout(answer_ms_max),
    });
    await answer.body?.cancel();
    return outcomeOf(answer.status, answer.headers.get("retry-after"));
  } catch (error) {
    return { state: "again", problem: String(error).slice(0, 200), retryAfter_ms: 0 };
  }
}

/** Reads a service's answer (RFC 8030 §5, §7.3, §8.4). */
function outcomeOf(status: number, retryAfter: string | null): PushOutcome {
  if (status >= 200 && status < 300) return { state: "sent" };
  const problem = `the push service answered ${status}`;
  if (status === 404 || status === 410) return { state: "gone", problem };
  if (status === 429 || status >= 500) {
    const seconds = Number(retryAfter ?? 0);
    return { state: "again", problem, retryAfter_ms: Number.isFinite(seconds) ? seconds * 1000 : 0 };
  }
  return { state: "never", problem };
}
