import { startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { Approval, CreationOptions, RequestOptions, StaffSession } from "@mainstay/wire";
import { request } from "./request.ts";

/** Logs in with a passkey of this console's own: the browser lets the person choose among them. */
export async function logIn(): Promise<StaffSession> {
  const begun = await request<{ id: string; options: RequestOptions }>(
    "POST",
    "/api/staff/login/challenges",
    {},
  );
  const credential = await startAuthentication({ optionsJSON: begun.options });
  return request("POST", "/api/staff/login", { challengeId: begun.id, credential });
}

/** Makes a passkey for whoever a one-time link lets in, and logs them in. */
export async function join(token: string, name: string): Promise<StaffSession> {
  const begun = await request<{ id: string; options: CreationOptions }>(
    "POST",
    "/api/staff/passkey/options",
    { token, name },
  );
  const { id, options } = begun;
  const credential = await startRegistration({
    optionsJSON: { ...options, excludeCredentials: [...options.excludeCredentials] },
  });
  return request("POST", "/api/staff/passkey", { id, credential });
}

/** Signs an approval's text with one's passkey: as whoever asks, or as the second person. */
export async function sign(approvalId: string, reason: string): Promise<Approval> {
  const path = `/api/approvals/${approvalId}/sign`;
  const begun = await request<{ id: string; options: RequestOptions }>("POST", `${path}/options`, {});
  const credential = await startAuthentication({ optionsJSON: begun.options });
  return request("POST", path, { ceremonyId: begun.id, credential, ...(reason === "" ? {} : { reason }) });
}
