import { newId, type Clock, type Random } from "@mainstay/kernel";
import { createSoftwarePasskey, type CreateRequest, type GetRequest } from "@mainstay/testkit/client";
import type { Approval, Message, StaffInvited, StaffSession } from "@mainstay/wire";
import { createFleetHttp } from "./fleet/http.ts";

/** A member of staff with a passkey of the console's domain, logged in. */
export type StaffClient = {
  readonly id: string;
  readonly name: string;
  /** Asks control's API; throws with what it said where it refuses. */
  readonly ask: <T>(method: "GET" | "POST" | "PUT" | "PATCH", path: string, body?: unknown) => Promise<T>;
  /** Fetches a document. */
  readonly download: (path: string) => Promise<Buffer>;
  /** Signs an approval with the passkey. */
  readonly sign: (approval: string) => Promise<Approval>;
  /** Signs a message with the passkey: as the first person, or as the second. */
  readonly signMessage: (message: string) => Promise<Message>;
  /** A fresh id for a command. */
  readonly commandId: () => string;
  readonly close: () => void;
};

type Offer<Options> = { readonly id: string; readonly options: Options };

/** Joins by a one-time link, as the console does. */
export async function joinStaff(
  link: string,
  name: string,
  parts: { readonly clock: Clock; readonly random: Random },
): Promise<StaffClient> {
  const { origin, hostname, port, hash } = new URL(link);
  const http = createFleetHttp(Number(port), hostname);
  const passkey = createSoftwarePasskey({ origin });
  let cookie = "";

  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await http.ask({
      method,
      path,
      headers: {
        origin,
        ...(cookie === "" ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    for (const set of answer.setCookies) cookie = set.split(";")[0] ?? cookie;
    if (answer.status >= 300) throw new Error(`control answered ${method} ${path}: ${answer.text}`);
    return JSON.parse(answer.text) as T;
  }

  const offer = await ask<Offer<CreateRequest>>("POST", "/api/staff/passkey/options", {
    token: hash.slice(1),
    name,
  });
  const session = await ask<StaffSession>("POST", "/api/staff/passkey", {
    id: offer.id,
    credential: passkey.create(offer.options),
  });
  async function signAt<T>(path: string): Promise<T> {
    const asked = await ask<Offer<GetRequest>>("POST", `${path}/sign/options`, {});
    const credential = passkey.get(asked.options);
    return ask<T>("POST", `${path}/sign`, { ceremonyId: asked.id, credential });
  }
  return {
    id: session.staff.id,
    name,
    ask,
    download: (path) => http.download(path, { cookie }),
    sign: (approval) => signAt<Approval>(`/api/approvals/${approval}`),
    signMessage: (message) => signAt<Message>(`/api/messages/${message}`),
    commandId: () => newId("cmd", parts),
    close: http.close,
  };
}

/** Two release managers, the first of whom is the administrator who joined by the start's link. */
export async function joinReleaseManagers(
  link: string,
  parts: { readonly clock: Clock; readonly random: Random },
): Promise<readonly [StaffClient, StaffClient]> {
  const invite = async (admin: StaffClient, name: string): Promise<StaffClient> => {
    const body = { name, roles: ["release-manager"] };
    const { url } = await admin.ask<StaffInvited>("POST", "/api/staff/invitations", body);
    return joinStaff(url, name, parts);
  };
  const admin = await joinStaff(link, "Amara Cole", parts);
  const managers = [await invite(admin, "Priya Nair"), await invite(admin, "Tom Okafor")] as const;
  admin.close();
  return managers;
}
