import { ok, unreachable } from "@mainstay/kernel";
import type { AuthenticationResponse, RequestOptions } from "@mainstay/wire";
import type { VersionChecks } from "@mainstay/checks";
import type { StaffMember } from "@mainstay/staff";
import { insertEvent } from "./event-store.ts";
import { whyNotSign, type Effect } from "./approvals.ts";
import { findApproval, updateApproval } from "./approval-store.ts";
import { begin, startOf } from "./start.ts";
import { audit, inTurn, refuse, type Context } from "./context.ts";
import * as moves from "./moves.ts";
import { setPlatform } from "./platforms.ts";
import * as store from "./store.ts";
import type { ApprovalsTable } from "./tables.ts";
import type { Actor, Answer, Commanded } from "./types.ts";

type Turn = { readonly trx: store.RolloutsTransaction; readonly now: Date };

async function openOrRefuse(
  db: store.RolloutsDb,
  approvalId: string,
  given: { readonly staff: StaffMember; readonly now: Date },
): Answer<ApprovalsTable> {
  const approval = await findApproval(db, approvalId);
  if (!approval) return refuse("approval_unknown");
  const why = whyNotSign(approval, { id: given.staff.id, mayAct: true }, given.now);
  if (why === "role") return refuse("approval_unknown");
  return why === null ? ok(approval) : refuse(why);
}

/** Options by which the passkey of whoever may sign now signs the approval's text. */
export async function signOptions(
  context: Context,
  staff: StaffMember,
  approvalId: string,
): Answer<{ id: string; options: RequestOptions; expiresAt: Date }> {
  const approval = await openOrRefuse(context.db, approvalId, { staff, now: context.clock.now() });
  if (!approval.ok) return approval;
  return ok(await context.confirmations.begin(staff, approval.value.text));
}

/** Does what was signed. In an effect's own words "by" is whoever asked; the audit names both. */
async function carryOutEffect(
  context: Context,
  { trx, now, checks }: Turn & { readonly checks: VersionChecks | null },
  approval: ApprovalsTable,
): Answer<Commanded> {
  const effect = JSON.parse(approval.effect) as Effect;
  const by: Actor = { id: approval.first_id, name: approval.first_name };
  const reason = approval.reason === "" ? null : approval.reason;
  switch (effect.kind) {
    case "start": {
      const start = { ...startOf(effect.request), checks };
      return begin(context, { trx, now, by, start, reason, isSecondSigned: true });
    }
    case "advance": {
      const rollout = await store.findRollout(trx, effect.rolloutId);
      if (!rollout) return refuse("rollout_unknown");
      // What time did meanwhile (it began to wait for this very signature) changes nothing of what was
      // signed.
      const stands = rollout.state === "running" || rollout.state === "waiting";
      if (!stands || rollout.stage !== effect.stage) return refuse("rollout_changed");
      const move = { trx, now, rollout, by, reason };
      const state = await moves.advance(context, move, { isSecondSigned: true });
      return state.ok ? ok({ rollout: rollout.id, state: state.value, approval: null }) : state;
    }
    case "override-checks":
      return ok({ rollout: null, state: null, approval: approval.id });
    case "raise-minimum":
      return setPlatform(context, { trx, now, by }, { ...effect, reason: approval.reason });
    default:
      return unreachable(effect);
  }
}

async function takeFirst(turn: Turn, approval: ApprovalsTable, signature: string): Answer<ApprovalsTable> {
  const { trx, now } = turn;
  const set = { state: "waiting", first_signed_at: now, first_signature: signature } as const;
  await updateApproval(trx, approval.id, set);
  return ok({ ...approval, ...set });
}

async function takeSecond(
  context: Context,
  turn: Turn & { readonly checks: VersionChecks | null },
  given: { approval: ApprovalsTable; staff: StaffMember; signature: string; reason: string | null },
): Answer<{ approval: ApprovalsTable; refused: Awaited<ReturnType<typeof carryOutEffect>> | null }> {
  const { trx, now } = turn;
  const { approval, staff, signature, reason } = given;
  const done = await carryOutEffect(context, turn, approval);
  const set = {
    // A signature that comes too late is kept with what it was for, and does nothing.
    state: done.ok ? "carried-out" : "void",
    second_id: staff.id,
    second_name: staff.name,
    second_signed_at: now,
    second_signature: signature,
    second_reason: reason,
    decided_at: now,
    rollout_id: approval.rollout_id ?? (done.ok ? done.value.rollout : null),
  } as const;
  await updateApproval(trx, approval.id, set);
  return ok({ approval: { ...approval, ...set }, refused: done.ok ? null : done });
}

/**
 * Takes a signature: first of whoever asked, then of somebody else, and with the second one does what was
 * asked. Where that can't be done any more the approval is void, and the refusal says why.
 */
export async function sign(
  context: Context,
  staff: StaffMember,
  given: {
    readonly approvalId: string;
    readonly ceremonyId: string;
    readonly credential: AuthenticationResponse;
    readonly reason: string | null;
  },
): Answer<ApprovalsTable> {
  const { approvalId, ceremonyId, credential, reason } = given;
  const before = await openOrRefuse(context.db, approvalId, { staff, now: context.clock.now() });
  if (!before.ok) return before;
  const { text } = before.value;
  const confirmed = await context.confirmations.finish({ staff, id: ceremonyId, text, credential });
  if (!confirmed.ok) return refuse(confirmed.error);
  const signature = JSON.stringify(confirmed.value);
  const checks = before.value.version === null ? null : await context.checksOf(before.value.version);
  const signed = await inTurn(context, async (trx, now) => {
    const found = await openOrRefuse(trx, approvalId, { staff, now });
    if (!found.ok) return found;
    const approval = found.value;
    const isFirst = approval.state === "unsigned";
    const turn = { trx, now, checks };
    const taken = isFirst
      ? await takeFirst(turn, approval, signature)
      : await takeSecond(context, turn, { approval, staff, signature, reason });
    if (!taken.ok) return taken;
    const outcome = "approval" in taken.value ? taken.value : { approval: taken.value, refused: null };
    await audit(trx, {
      at: now,
      by: staff,
      action: isFirst ? "approvals.signed-first" : "approvals.signed-second",
      subject: approvalId,
      details: { kind: approval.kind, state: outcome.approval.state, reason },
    });
    await store.notifyChange(trx, outcome.approval.rollout_id);
    return ok(outcome);
  });
  if (!signed.ok) return signed;
  const { approval, refused } = signed.value;
  return refused && !refused.ok ? refused : ok(approval);
}

/** Declines an approval; whoever asked may take it back the same way. */
export async function decline(
  context: Context,
  staff: StaffMember,
  given: { readonly approvalId: string; readonly reason: string | null },
): Answer<ApprovalsTable> {
  return inTurn(context, async (trx, now): Answer<ApprovalsTable> => {
    const approval = await findApproval(trx, given.approvalId);
    if (!approval) return refuse("approval_unknown");
    if (approval.state === "declined") return ok(approval);
    if (approval.state !== "unsigned" && approval.state !== "waiting") return refuse("approval_over");
    const isSecond = staff.id !== approval.first_id;
    const set = {
      state: "declined",
      decided_at: now,
      second_reason: given.reason,
      ...(isSecond ? { second_id: staff.id, second_name: staff.name } : {}),
    } as const;
    await updateApproval(trx, approval.id, set);
    if (approval.rollout_id !== null) {
      const details = { approval: approval.id, kind: approval.kind };
      await insertEvent(trx, {
        ...{
          rolloutId: approval.rollout_id,
          at: now,
          kind: "declined",
          by: staff,
          share: null,
          people: null,
        },
        reason: given.reason,
        details,
      });
    }
    await audit(trx, {
      ...{ at: now, by: staff, action: "approvals.declined", subject: approval.id },
      details: { kind: approval.kind, reason: given.reason },
    });
    await store.notifyChange(trx, approval.rollout_id);
    return ok({ ...approval, ...set });
  });
}
