import type { Clock } from "@mainstay/kernel";
import { sleep } from "@mainstay/platform";
import {
  beginLogIn,
  createDeviceClient,
  finishLogIn,
  type Answer,
  type DeviceClient,
  type SoftwarePasskey,
  type TestChallenge,
  type TestProtocol,
} from "@mainstay/testkit/client";
import { activation_header, swap_header, type Platform } from "@mainstay/wire";
import type { Candidate } from "../../../apps/boot/state.ts";
import { createBootDriver } from "./boot-driver.ts";
import type { FleetHttp } from "./http.ts";
import type { FleetLog } from "./log.ts";

/** How a version logs in: the protocol that its manifest declares, and whether it does so rightly. */
export type VersionBehaviour = {
  readonly protocol: TestProtocol;
  /** Whether this log-in of this phone goes wrong, as the version's mistake makes it. */
  readonly isBroken: (phone: PhoneKind) => boolean;
};

/** What a version's mistake may depend on. */
export type PhoneKind = {
  readonly number: number;
  readonly platform: Platform;
  readonly os: string;
  readonly hasLoggedIn: boolean;
};

/** What a phone lives in. */
export type PhoneWorld = {
  readonly http: FleetHttp;
  readonly origin: string;
  readonly log: FleetLog;
  readonly clock: Clock;
  /** How a version behaves: read from the manifest that the edge serves, once for the whole fleet. */
  readonly behaviourOf: (version: string) => Promise<VersionBehaviour>;
};

/** Whose phone it is, and what it runs. */
export type PhoneOwner = {
  readonly number: number;
  readonly customer: number;
  readonly platform: "ios" | "android";
  readonly os: string;
  readonly passkey: SoftwarePasskey;
  /** The token of its installation, where the edge has seen it before. */
  readonly memory: string | null;
};

/** A phone of the fleet. */
export type Phone = {
  readonly number: number;
  readonly customer: number;
  readonly kind: () => PhoneKind;
  /** Opens the app: the boot layer's own state machine, until a bundle runs; listens for its assignment. */
  readonly open: () => Promise<void>;
  /** Taps "log in" until somebody is in, at most so many times; answers whether somebody is. */
  readonly logIn: (taps_max: number) => Promise<boolean>;
  readonly close: () => void;
};

/** How long a person needs to touch their passkey again, in milliseconds. */
export const touch_ms = 400;

/** The systems that the fleet's phones run, by platform. */
export const fleet_systems = { ios: ["ios-26", "ios-18"], android: ["android-16", "android-15"] } as const;

const user_agents: Readonly<Record<string, string>> = {
  "ios-26": "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15",
  "ios-18": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15",
  "android-16": "Mozilla/5.0 (Linux; Android 16; Pixel 9) AppleWebKit/537.36",
  "android-15": "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36",
};

/** What went wrong, as the bank says it. */
function codeOf(answer: Answer): string {
  const { code } = (answer.body ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : `status_${answer.status}`;
}

/** What one tap came to: why it failed, or null; and the version to change to, where the edge says so. */
type Tapped = { readonly failure: string | null; readonly swap: string | null };

/** One tap: the version that runs logs in by its protocol, rightly or by its own mistake. */
async function tap(
  device: DeviceClient,
  passkey: SoftwarePasskey,
  parts: { readonly candidate: Candidate; readonly behaviour: VersionBehaviour; readonly kind: PhoneKind },
): Promise<Tapped> {
  const { candidate, behaviour, kind } = parts;
  const headers: Record<string, string> =
    candidate.activation === null ? {} : { [activation_header]: candidate.activation };
  const options = { protocol: behaviour.protocol, headers, deviceName: `Phone ${kind.number}` };
  const begun = await beginLogIn(device, options);
  if (begun.status !== 200) return { failure: codeOf(begun), swap: begun.headers[swap_header] ?? null };
  const challenge = begun.body as TestChallenge;
  // The mistake: the passkey signs the bare random, as an older protocol had it.
  const faults = behaviour.isBroken(kind) ? { faults: { challenge: challenge.options.challenge } } : {};
  const finished = await finishLogIn(device, passkey, challenge, { ...options, ...faults });
  return {
    failure: finished.status === 200 ? null : codeOf(finished),
    swap: finished.headers[swap_header] ?? null,
  };
}

/** Makes a phone that has never opened the app. */
export function createPhone(world: PhoneWorld, owner: PhoneOwner): Phone {
  const { http, log, clock } = world;
  const { number, platform, os, passkey } = owner;
  const said = { "x-mainstay-platform": platform, "user-agent": user_agents[os] ?? os };
  const device = createDeviceClient({
    origin: world.origin,
    transport: (asked) => http.ask({ ...asked, headers: { ...said, ...asked.headers } }),
  });
  if (owner.memory !== null) device.cookies.set("mainstay_installation", owner.memory);
  const boot = createBootDriver({
    http,
    device,
    said,
    load: world.behaviourOf,
    onStart: ({ version }, reason) =>
      log.note({
        ...{ phone: number, what: reason === null ? "opened" : "switched" },
        ...{ version, reason, tappedAt: null },
      }),
  });
  let hasLoggedIn = false;
  const kind = (): PhoneKind => ({ number, platform, os, hasLoggedIn });

  async function tryOnce(candidate: Candidate): Promise<boolean> {
    const { version } = candidate;
    boot.dispatch({ type: "login-offered" });
    const behaviour = await world.behaviourOf(version);
    const tappedAt = clock.now().getTime();
    const tapped = await tap(device, passkey, { candidate, behaviour, kind: kind() }).catch(
      (error: unknown): Tapped => ({ failure: String(error), swap: null }),
    );
    const { failure, swap } = tapped;
    const what = failure === null ? "in" : "failed";
    log.note({ phone: number, what, version, reason: failure, tappedAt });
    if (failure === null) {
      hasLoggedIn = true;
      boot.dispatch({ type: "logged-in" });
    } else {
      boot.dispatch({ type: "refused", code: failure });
    }
    if (swap !== null) boot.dispatch({ type: "swap", version: swap });
    return failure === null;
  }

  return {
    number,
    customer: owner.customer,
    kind,
    open: async () => {
      boot.begin();
      await boot.whenRunning();
    },
    logIn: async (taps_max) => {
      for (let count = 0; count < taps_max; count += 1) {
        const candidate = await boot.whenRunning();
        if (candidate === null) return false;
        if (await tryOnce(candidate)) return true;
        await sleep(touch_ms);
      }
      return false;
    },
    close: boot.close,
  };
}
