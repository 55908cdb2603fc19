import { err, type Result } from "@mainstay/kernel";
import type { Session } from "@mainstay/wire";
import { request } from "../api/request.ts";
import type { LoginFailure } from "./outcome.ts";

/** Looks around as a customer of the demo bank: a session without a passkey, where the bank is a demo. */
export async function lookAround(): Promise<Result<Session, LoginFailure>> {
  const answer = await request<Session>("/api/demo/session", { method: "POST" });
  return answer.ok ? answer : err({ by: "bank", failure: answer.error });
}
