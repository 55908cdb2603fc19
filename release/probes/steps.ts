import type { Answer } from "@mainstay/client";

/** How a step of a probe ended; a reason stands alone: "the log-in was answered login_failed". */
export type StepEnd =
  | { readonly outcome: "passed" }
  | { readonly outcome: "failed"; readonly reason: string }
  /** It proves nothing: the session that was kept sees no more. */
  | { readonly outcome: "skipped" };

/** What a session that has grown old is answered. */
const session_codes = new Set(["session_required", "passkey_needed", "use_dpop_nonce"]);

/** Runs a step; whatever it throws is its failure. */
export async function runStep(what: string, work: () => Promise<StepEnd>): Promise<StepEnd> {
  try {
    return await work();
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === "TimeoutError";
    return { outcome: "failed", reason: `${what} ${isTimeout ? "took too long" : "got no answer"}` };
  }
}

/** An answer's body, or how the step ends by it. */
export function answered<Body>(
  answer: Answer,
  what: string,
): { readonly ok: true; readonly body: Body } | { readonly ok: false; readonly end: StepEnd } {
  if (answer.status < 300) return { ok: true, body: answer.body as Body };
  const code = (answer.body as { code?: unknown } | null)?.code;
  if (typeof code === "string" && session_codes.has(code)) return { ok: false, end: { outcome: "skipped" } };
  const said = typeof code === "string" ? code : String(answer.status);
  return { ok: false, end: { outcome: "failed", reason: `${what} was answered ${said}` } };
}
