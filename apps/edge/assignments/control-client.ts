import { setTimeout as wait } from "node:timers/promises";
import { Value } from "typebox/value";
import { Pool } from "undici";
import { edge_secret_header, PlanSchema, SignalsTakenSchema, type Plan, type Signal } from "@mainstay/wire";
import type Type from "typebox";

/** How long control may take to answer for a plan, in milliseconds: it waits 20 s for a newer one. */
export const plan_answer_ms_max = 25_000;
/** How long control may take to make signals durable, in milliseconds. */
export const signals_answer_ms_max = 5_000;
/** How many connections lead to control: one waits for the plan. */
export const control_connections_max = 4;

/** Control didn't answer, or with a fault of its own. */
export class PlanUnreachedError extends Error {
  override readonly name = "PlanUnreachedError";
}

/** What control answered to signals. */
export type SignalsTaken = Type.Static<typeof SignalsTakenSchema>;

/** The edge's way to control's internal endpoints. */
export type ControlClient = {
  /** Waits for a plan newer than `after`, or asks for the present one (null); null where nothing is newer. */
  readonly fetchPlan: (after: number | null, signal: AbortSignal) => Promise<Plan | null>;
  /** Hands signals over; resolves once control has made them durable. */
  readonly sendSignals: (signals: readonly Signal[]) => Promise<SignalsTaken>;
  /** Waits some milliseconds, or until the signal is aborted. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Makes the way to control. */
export function createControlClient(deps: {
  readonly controlUrl: string;
  readonly edgeSecret: string;
}): ControlClient {
  const pool = new Pool(deps.controlUrl, {
    connections: control_connections_max,
    connect: { timeout: 2_000 },
    headersTimeout: plan_answer_ms_max,
    bodyTimeout: signals_answer_ms_max,
  });
  const headers = { [edge_secret_header]: deps.edgeSecret };

  /** Answers what was said, undefined for "nothing new". */
  async function ask(options: Omit<Parameters<Pool["request"]>[0], "headers">): Promise<unknown> {
    const given = {
      ...headers,
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
    };
    const answer = await pool.request({ ...options, headers: given }).catch((cause: unknown) => {
      throw new PlanUnreachedError(`control can't be reached: ${String(cause)}`, { cause });
    });
    if (answer.statusCode === 204 || answer.statusCode === 304) {
      await answer.body.dump();
      return undefined;
    }
    if (answer.statusCode === 200) return answer.body.json();
    await answer.body.dump();
    const words = `control answered ${answer.statusCode}`;
    throw answer.statusCode >= 500 ? new PlanUnreachedError(words) : new Error(words);
  }

  return {
    fetchPlan: async (after, signal) => {
      const path = after === null ? "/internal/plan" : `/internal/plan?after=${after}`;
      const plan = await ask({ path, method: "GET", signal });
      if (plan === undefined) return null;
      if (!Value.Check(PlanSchema, plan)) throw new Error("control's plan is not one");
      return plan;
    },
    sendSignals: async (signals) => {
      const body = JSON.stringify({ signals });
      const signal = AbortSignal.timeout(signals_answer_ms_max);
      const taken = await ask({ path: "/internal/signals", method: "POST", body, signal });
      if (!Value.Check(SignalsTakenSchema, taken)) throw new Error("control's answer to signals is not one");
      return taken;
    },
    pause: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    close: () => pool.destroy(),
  };
}
