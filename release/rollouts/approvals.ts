import { addMs, newId, ok } from "@mainstay/kernel";
import type { Approval, Platform, RolloutState, StartRollout } from "@mainstay/wire";
import { insertEvent } from "./event-store.ts";
import { findOpenApproval, insertApproval } from "./approval-store.ts";
import { audit, refuse, type Context } from "./context.ts";
import { notifyChange, type RolloutsTransaction } from "./store.ts";
import type { ApprovalsTable } from "./tables.ts";
import type { Actor, Answer, Commanded } from "./types.ts";

/** How long an approval waits for its signatures, in milliseconds. */
export const approval_ms_max = 24 * 60 * 60_000;

/** What is done once two people have signed. */
export type Effect =
  | { readonly kind: "start"; readonly request: StartRollout }
  | {
      readonly kind: "advance";
      readonly rolloutId: string;
      readonly state: RolloutState;
      readonly stage: number;
    }
  | { readonly kind: "override-checks"; readonly version: string }
  | {
      readonly kind: "raise-minimum";
      readonly platform: Platform;
      readonly set: {
        readonly recommended: string | null;
        readonly minimum: string | null;
        readonly storeUrl: string | null;
      };
    };

/** What both sign: everything that decides what it is, a line each. */
function textOf(approval: {
  readonly id: string;
  readonly what: string;
  readonly people: number;
  readonly reason: string;
  readonly by: Actor;
  readonly at: Date;
}): string {
  return [
    "Mainstay approval 1",
    `id: ${approval.id}`,
    `what: ${approval.what}`,
    `touches: ${approval.people} people`,
    `reason: ${JSON.stringify(approval.reason)}`,
    `asked by: ${JSON.stringify(approval.by.name)} (${approval.by.id})`,
    `asked at: ${approval.at.toISOString()}`,
  ].join("\n");
}

/** Asks for two signatures, in the turn of a command. One at a time for a rollout, or a version's checks. */
export async function openApproval(
  context: Context,
  turn: { readonly trx: RolloutsTransaction; readonly now: Date; readonly by: Actor },
  asked: {
    readonly effect: Effect;
    readonly version: string | null;
    readonly rolloutId: string | null;
    readonly people: number;
    readonly what: string;
    readonly reason: string;
  },
): Answer<Commanded> {
  const { trx, now, by } = turn;
  const { effect, version, rolloutId, people, what, reason } = asked;
  const of = rolloutId === null ? version && { version, kind: effect.kind } : { rolloutId };
  if (of && (await findOpenApproval(trx, of))) return refuse("approval_open");
  const id = newId("apr", context);
  await insertApproval(trx, {
    id,
    kind: effect.kind,
    version,
    rollout_id: rolloutId,
    text: textOf({ id, what, people, reason, by, at: now }),
    people,
    reason,
    effect: JSON.stringify(effect),
    first_id: by.id,
    first_name: by.name,
    asked_at: now,
    expires_at: addMs(now, approval_ms_max),
  });
  if (rolloutId !== null) {
    const details = { approval: id };
    await insertEvent(trx, {
      ...{ rolloutId, at: now, kind: "second-person-asked", by, share: null, people },
      reason: reason === "" ? null : reason,
      details,
    });
  }
  await audit(trx, {
    ...{ at: now, by, action: "approvals.asked", subject: id },
    details: { kind: effect.kind, version, rollout: rolloutId, people, reason },
  });
  await notifyChange(trx, rolloutId);
  return ok({ rollout: rolloutId, state: null, approval: id });
}

/** Why somebody can't sign an approval now; null where they can. */
export function whyNotSign(
  approval: Pick<ApprovalsTable, "state" | "first_id" | "first_name" | "expires_at">,
  staff: { readonly id: string; readonly mayAct: boolean },
  now: Date,
): "approval_over" | "first_person_needed" | "second_person_needed" | "role" | null {
  if (approval.state !== "unsigned" && approval.state !== "waiting") return "approval_over";
  if (approval.expires_at <= now) return "approval_over";
  if (!staff.mayAct) return "role";
  if (approval.state === "unsigned") return approval.first_id === staff.id ? null : "first_person_needed";
  return approval.first_id === staff.id ? "second_person_needed" : null;
}

function whyNotInWords(why: ReturnType<typeof whyNotSign>, row: ApprovalsTable): string | null {
  switch (why) {
    case null:
      return null;
    case "approval_over":
      return row.state === "carried-out" ? "Both have signed." : "It was decided, or took too long.";
    case "role":
      return "It takes the role release-manager.";
    case "first_person_needed":
      return `${row.first_name} signs first.`;
    case "second_person_needed":
      return "Someone else must be the second person.";
  }
}

/** An approval as the wire writes it, for whoever looks. */
export function approvalToJson(
  row: ApprovalsTable,
  staff: { readonly id: string; readonly mayAct: boolean },
  now: Date,
): Approval {
  const why = whyNotSign(row, staff, now);
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    version: row.version,
    rollout: row.rollout_id,
    text: row.text,
    people: row.people,
    reason: row.reason,
    first: { id: row.first_id, name: row.first_name, signedAt: row.first_signed_at?.toISOString() ?? null },
    second:
      row.second_id === null
        ? null
        : {
            id: row.second_id,
            name: row.second_name ?? "",
            signedAt: row.second_signed_at?.toISOString() ?? null,
          },
    askedAt: row.asked_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    canSign: why === null,
    whyNot: whyNotInWords(why, row),
  };
}
