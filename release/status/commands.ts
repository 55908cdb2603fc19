import { err, newId, ok, type Result } from "@mainstay/kernel";
import { appendAudit, type StaffMember } from "@mainstay/staff";
import type { Component, ComponentState } from "@mainstay/wire";
import type { StatusProblem } from "./errors.ts";
import { judgeNow, readRecord, type JudgingDeps } from "./judging.ts";
import { queueUpdate } from "./mail-store.ts";
import { isWorse } from "./rules.ts";
import * as store from "./store.ts";
import type { StatusTables } from "./tables.ts";
import { offered_components, type MeasuredState } from "./types.ts";

type Answer = Promise<Result<null, StatusProblem>>;

const isMeasurable = (state: ComponentState): state is MeasuredState => state !== "not-offered";

/**
 * Makes a component worse by hand, or ends that (null). Never better than what is measured: refused then as
 * `override_not_worse`. The same command again changes nothing.
 */
export async function overrideComponent(
  deps: JudgingDeps,
  by: StaffMember,
  given: {
    readonly commandId: string;
    readonly component: Component;
    readonly state: ComponentState | null;
    readonly reason: string;
  },
): Answer {
  const { commandId, state, reason } = given;
  const component = offered_components.find((offered) => offered === given.component);
  if (component === undefined) return err("component_not_offered");
  const record = await readRecord(deps);
  const db = deps.database.sql.withTables<StatusTables>();
  return db.transaction().execute(async (trx) => {
    const now = deps.clock.now();
    const { measured } = judgeNow(component, { ...record, override: null, now });
    if (state !== null && !(isMeasurable(state) && isWorse(state, measured))) {
      return err("override_not_worse");
    }
    if (!(await store.takeCommand(trx, commandId, now))) return ok(null);
    if (state === null) await store.deleteOverride(trx, component);
    else if (isMeasurable(state)) {
      await store.putOverride(trx, { component, state, by: { id: by.id, name: by.name }, at: now, reason });
    }
    const action = state === null ? "status.override-ended" : "status.overridden";
    const details = { state, measured, reason };
    await appendAudit(trx, { at: now, actor: by, action, subject: component, details });
    return ok(null);
  });
}

/** Adds an update of staff's under an incident's present state; subscribers get mail of it. */
export async function addUpdate(
  deps: JudgingDeps,
  by: StaffMember,
  given: { readonly commandId: string; readonly incident: string; readonly text: string },
): Answer {
  const { commandId, incident, text } = given;
  const db = deps.database.sql.withTables<StatusTables>();
  return db.transaction().execute(async (trx) => {
    const known = await store.findIncident(trx, incident);
    if (known === undefined) return err("incident_not_public");
    const now = deps.clock.now();
    if (!(await store.takeCommand(trx, commandId, now))) return ok(null);
    const id = newId("upd", deps);
    await store.insertUpdate(trx, {
      ...{ id, incident, at: now, state: known.state, text, drafted: text, by_itself: false },
      ...{ amended_by_id: by.id, amended_by_name: by.name, amended_at: now },
    });
    await queueUpdate(trx, id, now);
    await appendAudit(trx, {
      ...{ at: now, actor: by, action: "status.update-added", subject: incident },
      details: { update: id, text },
    });
    return ok(null);
  });
}

/** Changes what an update says; its time and state stay, and nobody gets another mail. */
export async function amendUpdate(
  deps: JudgingDeps,
  by: StaffMember,
  given: {
    readonly commandId: string;
    readonly incident: string;
    readonly update: string;
    readonly text: string;
  },
): Answer {
  const { commandId, incident, update, text } = given;
  const db = deps.database.sql.withTables<StatusTables>();
  return db.transaction().execute(async (trx) => {
    const known = await store.findUpdate(trx, update, incident);
    if (known === undefined) return err("update_unknown");
    const now = deps.clock.now();
    if (!(await store.takeCommand(trx, commandId, now))) return ok(null);
    await store.amendUpdate(trx, update, { text, by: { id: by.id, name: by.name }, at: now });
    await appendAudit(trx, {
      ...{ at: now, actor: by, action: "status.update-amended", subject: incident },
      details: { update, before: known.text, after: text },
    });
    return ok(null);
  });
}
