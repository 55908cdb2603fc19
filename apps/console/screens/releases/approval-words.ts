import type { Approval } from "@mainstay/wire";
import type { BadgeTone } from "../../parts/badge.tsx";

/** What is asked for. */
export const approval_kinds: Readonly<Record<Approval["kind"], string>> = {
  start: "Start a rollout",
  advance: "Advance a rollout",
  "override-checks": "Go on against red checks",
  "raise-minimum": "Raise the minimum version",
};

/** How an approval stands, as a badge. */
export const approval_states: Readonly<Record<Approval["state"], { tone: BadgeTone; text: string }>> = {
  unsigned: { tone: "plain", text: "Asker hasn’t signed" },
  waiting: { tone: "lamp", text: "Waits for a second person" },
  "carried-out": { tone: "good", text: "Carried out" },
  declined: { tone: "plain", text: "Declined" },
  expired: { tone: "plain", text: "Expired" },
  void: { tone: "plain", text: "Overtaken" },
};

/** Whether an approval still waits for somebody. */
export function isOpenApproval({ state }: Approval): boolean {
  return state === "waiting" || state === "unsigned";
}
