import { createECDH } from "node:crypto";
import { createBoundedMap, newId, type Clock, type Id, type Random } from "@mainstay/kernel";
import type { Faults } from "../faults.ts";
import { decryptPush, type BrowserKeys } from "./decrypt.ts";
import { whyNotSigned } from "./vapid.ts";

/** The largest push that is taken, in bytes (RFC 8030 §7.2 asks for at least these). */
export const push_bytes_max = 4_096;
/** How many subscriptions and pushes are kept; the oldest goes first. */
const subscriptions_max = 10_000;
const pushes_max = 1_000;

/** What a browser hands to the bank (Push API, `PushSubscription.toJSON`). */
export type Subscription = {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
};

/** A push that was taken. */
export type Push = {
  readonly id: Id<"push">;
  readonly endpoint: string;
  readonly receivedAt: Date;
  /** The header fields that a push service reads. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it came: to whoever has not the browser's keys it says nothing. Base64url. */
  readonly ciphertext: string;
  /** What the browser reads; null where it was encrypted for somebody else. */
  readonly text: string | null;
};

/** What comes of a push: a status, and a sentence where it wasn't taken. */
export type PushAnswer =
  | { readonly status: 201; readonly push: Push }
  | { readonly status: 400 | 401 | 403 | 404 | 410 | 413 | 429; readonly sentence: string };

type KeptSubscription = BrowserKeys & { readonly applicationServerKey: string | null };

/** A push service, and the browsers that subscribed at it. */
export type PushService = {
  /** Subscribes a browser of its own making; only that application server may push, where one is named. */
  readonly subscribe: (origin: string, applicationServerKey: string | null) => Subscription;
  readonly take: (given: {
    readonly origin: string;
    readonly token: string;
    readonly headers: Readonly<Record<string, string | undefined>>;
    readonly body: Buffer;
  }) => PushAnswer;
  /** Newest first. */
  readonly pushes: () => readonly Push[];
};

const kept_headers = ["ttl", "urgency", "topic", "content-encoding", "authorization"] as const;

function keptHeaders(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    kept_headers.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Makes a push service (RFC 8030) that takes what is signed for it (RFC 8292) and delivers nowhere. */
export function createPushService(deps: {
  readonly faults: Faults;
  readonly clock: Clock;
  readonly random: Random;
}): PushService {
  const { faults, clock, random } = deps;
  const subscriptions = createBoundedMap<string, KeptSubscription>(subscriptions_max);
  let pushes: readonly Push[] = [];

  /** Why a push isn't taken, by the order in which a push service looks. */
  function whyNot(
    given: Parameters<PushService["take"]>[0],
    subscription: KeptSubscription | undefined,
  ): Exclude<PushAnswer, { status: 201 }> | null {
    const { headers, body, origin } = given;
    if (subscription === undefined) return { status: 404, sentence: "There is no such subscription." };
    const { push } = faults.settings();
    if (push === "gone") return { status: 410, sentence: "This subscription is gone." };
    if (push === "busy") return { status: 429, sentence: "Too many pushes. Try again later." };
    if (headers["authorization"] === undefined) return { status: 401, sentence: "A vapid token is missing." };
    const expected = { origin, key: subscription.applicationServerKey, now: clock.now() };
    const unsigned = whyNotSigned(headers["authorization"], expected);
    if (unsigned !== null) return { status: 403, sentence: unsigned };
    if (!/^\d+$/.test(headers["ttl"] ?? "")) return { status: 400, sentence: "The field TTL is missing." };
    if (body.length > push_bytes_max) return { status: 413, sentence: "The push is too large." };
    if (body.length > 0 && headers["content-encoding"] !== "aes128gcm") {
      return { status: 400, sentence: "The content isn't encrypted by aes128gcm." };
    }
    return null;
  }

  return {
    subscribe: (origin, applicationServerKey) => {
      const browser = createECDH("prime256v1");
      browser.generateKeys();
      const auth = Buffer.from(random.bytes(16));
      const token = newId("sub", deps);
      subscriptions.set(token, { privateKey: browser.getPrivateKey(), auth, applicationServerKey });
      const keys = { p256dh: browser.getPublicKey("base64url"), auth: auth.toString("base64url") };
      return { endpoint: `${origin}/push/${token}`, keys };
    },
    take: (given) => {
      const subscription = subscriptions.get(given.token);
      const refused = whyNot(given, subscription);
      if (refused !== null || subscription === undefined) {
        return refused ?? { status: 404, sentence: "There is no such subscription." };
      }
      const push: Push = {
        id: newId("push", deps),
        endpoint: `${given.origin}/push/${given.token}`,
        receivedAt: clock.now(),
        headers: keptHeaders(given.headers),
        ciphertext: given.body.toString("base64url"),
        text: decryptPush(given.body, subscription),
      };
      pushes = [push, ...pushes].slice(0, pushes_max);
      return { status: 201, push };
    },
    pushes: () => pushes,
  };
}
