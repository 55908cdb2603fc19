import { createHash } from "node:crypto";
import type { Answer, DeviceClient } from "./device-client.ts";
import type { GetRequest, PasskeyFaults, SoftwarePasskey } from "./software-passkey.ts";

/** A login protocol that these devices speak. */
export type TestProtocol = "login/1" | "login/2";

/** How a device logs in, where it isn't the usual way. */
export type LoginOptions = {
  /** `login/2`, as the app does, where nothing is said. */
  readonly protocol?: TestProtocol;
  /** Sent with both requests: an activation, a version. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly deviceName?: string;
  /** What goes wrong with the passkey. */
  readonly faults?: PasskeyFaults;
};

/** A challenge as the bank handed it out. */
export type TestChallenge = { readonly id: string; readonly options: GetRequest; readonly nonce?: string };

/** What the passkey signs in each protocol (docs/reference/login-protocols.md), base64url. */
export function signedChallengeOf(
  protocol: TestProtocol,
  challenge: TestChallenge,
  thumbprint: string,
): string {
  if (protocol === "login/1") return challenge.options.challenge;
  const text = ["mainstay login challenge", protocol, challenge.id, challenge.options.challenge, thumbprint];
  return createHash("sha256").update(text.join("\n")).digest("base64url");
}

/** Begins a log-in: answers what the bank answers. */
export function beginLogIn(device: DeviceClient, options: LoginOptions = {}): Promise<Answer> {
  const { protocol = "login/2", headers = {} } = options;
  return device.call("POST", "/api/login/challenges", { protocol }, { headers });
}

/** Touches the passkey and sends its answer to a challenge. */
export function finishLogIn(
  device: DeviceClient,
  passkey: SoftwarePasskey,
  challenge: TestChallenge,
  options: LoginOptions = {},
): Promise<Answer> {
  const { protocol = "login/2", headers = {}, deviceName = "Test device", faults } = options;
  const signed = signedChallengeOf(protocol, challenge, device.thumbprint);
  const credential = passkey.get({ ...challenge.options, challenge: signed }, faults);
  const nonce = challenge.nonce === undefined ? {} : { nonce: challenge.nonce };
  const request = { protocol, challengeId: challenge.id, credential, deviceName };
  return device.call("POST", "/api/login", request, { headers, ...nonce });
}

/**
 * Logs in with a passkey on a device, as the app does; answers what the bank answers last. Light enough for a
 * fleet of thousands: two requests, two signatures.
 */
export async function logIn(
  device: DeviceClient,
  passkey: SoftwarePasskey,
  options: LoginOptions = {},
): Promise<Answer> {
  const begun = await beginLogIn(device, options);
  if (begun.status !== 200) return begun;
  return finishLogIn(device, passkey, begun.body as TestChallenge, options);
}
