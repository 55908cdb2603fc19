import type { IncomingMessage } from "node:http";
import { Value } from "typebox/value";
import {
  activation_header,
  assigned_version_header,
  swap_header,
  verified_activation_header,
  VersionSchema,
  type Activation,
} from "@mainstay/wire";
import type { Clock } from "@mainstay/kernel";
import type { PassWords } from "../bank-proxy.ts";
import type { Assigner } from "./assigner.ts";
import type { Client } from "./clients.ts";
import { healthy_versions_max, withNewest, type Installation } from "./installation.ts";

/**
 * The header with the plain version: the edge tells the bank, and a client that has no activation (an offline
 * start) tells the edge.
 */
export const version_header = "x-mainstay-version";

/** The requests that log somebody in when they succeed. */
const login_path = /^\/api\/(?:login|recovery\/passkey|registrations\/[^/]+\/passkey)$/;

/** What the edge says with a request on its way to the bank, and with its answer. */
export type ApiWords = (request: IncomingMessage, path: string) => PassWords;

/** The installation after somebody logged in there; only a version that can be shown becomes healthy. */
function afterLogin(
  kept: Installation,
  login: { readonly customer: string; readonly version: string | null; readonly at: number },
): Installation {
  const { customer, version, at } = login;
  const known = { ...kept, k: kept.k ?? at, c: customer };
  if (version === null) return known;
  return {
    ...known,
    h: withNewest(kept.h, version, healthy_versions_max),
    b: kept.b.filter((failed) => failed !== version),
  };
}

/** The activation that a request shows, if it is the installation's own. */
function shownActivation(assigner: Assigner, client: Client, request: IncomingMessage): Activation | null {
  const shown = assigner.activations.read(request.headers[activation_header]);
  const isOwn = shown !== null && (client.isNew || shown.installation === client.installation.i);
  return isOwn ? shown : null;
}

/** Makes what the edge says about versions with every request to the bank. */
export function createApiWords(deps: { readonly assigner: Assigner; readonly clock: Clock }): ApiWords {
  const { assigner, clock } = deps;
  return (request, path) => {
    const client = assigner.clientOf(request);
    const shown = shownActivation(assigner, client, request);
    const said = request.headers[version_header];
    const running = shown?.version ?? (Value.Check(VersionSchema, said) ? said : null);
    const activation = shown ?? assigner.unproven(client, running);
    const assigned = assigner.shouldRun(client);
    const swap = assigner.swapOf(client, running ?? client.installation.a);
    const toBank: [string, string][] = [];
    if (client.forced !== null) {
      // A check's log-in is nobody's: without an activation the bank tells release control nothing of it.
      toBank.push([version_header, client.forced]);
    } else if (activation !== null) {
      // What stands before a token's signature is the very text that the bank is told.
      const text =
        shown === null
          ? Buffer.from(JSON.stringify(activation)).toString("base64url")
          : String(request.headers[activation_header]).split(".", 1)[0];
      toBank.push([verified_activation_header, text ?? ""], [version_header, activation.version]);
    }
    const toClient: [string, string][] = [];
    if (assigned !== null) toClient.push([assigned_version_header, assigned]);
    if (swap !== null) toClient.push([swap_header, swap]);
    return {
      toBank,
      toClient,
      onAnswer: (status, customer) => {
        const isLogin = request.method === "POST" && login_path.test(path);
        if (!isLogin || client.isNew || customer === null || status < 200 || status > 299) return [];
        const version = shown?.version ?? null;
        const at = clock.now().getTime();
        return [assigner.headerFor(request, afterLogin(client.installation, { customer, version, at }))];
      },
    };
  };
}
