import { verified_activation_header, type Activation } from "@mainstay/wire";

let made = 0;

/** An activation as the edge hands one out, of an installation of its own unless one is named. */
export function testActivation(changes: Partial<Activation> = {}): Activation {
  made += 1;
  return {
    nonce: "a-nonce-of-the-edges",
    installation: `ins_${String(made).padStart(22, "0")}`,
    version: "1.4.0",
    platform: "ios",
    os: "ios-18",
    rollout: `rol_${"0".repeat(22)}`,
    arm: "candidate",
    device: "returning",
    customer: null,
    issuedAt: "2026-11-22T11:59:00.000Z",
    ...changes,
  };
}

/** The header in which the edge tells the bank of a verified activation. */
export function activationHeaders(activation: Activation): Record<string, string> {
  return { [verified_activation_header]: Buffer.from(JSON.stringify(activation)).toString("base64url") };
}
