import type { IncomingMessage } from "node:http";
import Type from "typebox";
import { addMs, type Clock, type Random } from "@mainstay/kernel";
import {
  ActivationSchema,
  plan_lease_ms_max,
  VersionSchema,
  type Activation,
  type Assignment,
  type Platform,
} from "@mainstay/wire";
import type { Catalog } from "../catalog.ts";
import { deviceOf, type Device } from "./client.ts";
import { decide, updateAdvice, type Decision, type Situation } from "./decide.ts";
import {
  cookieName,
  cookieOf,
  createInstallations,
  failed_versions_max,
  pinned_rollouts_max,
  withNewest,
  type Installation,
} from "./installation.ts";
import { isFresh, isTakenBack, type PlanSource } from "./plan-keeper.ts";
import { createTokenMaker, type TokenMaker } from "./token.ts";

/** What a check ticket says: which version its holder gets, until when (milliseconds since 1970). */
export const CheckTicketSchema = Type.Object({ version: VersionSchema, until: Type.Integer() });
/** The cookie that carries a check's ticket; `__Host-` before it where the origin has TLS. */
export const check_cookie = "mainstay_check";

/** Signs and reads the tickets with which the checks start a version that nobody is given yet. */
export function createCheckTickets(edgeSecret: string): TokenMaker<Type.Static<typeof CheckTicketSchema>> {
  return createTokenMaker(edgeSecret, "check", CheckTicketSchema);
}

/** Signs and reads activations. */
export function createActivations(edgeSecret: string): TokenMaker<Activation> {
  return createTokenMaker(edgeSecret, "activation", ActivationSchema);
}

/** Who asks, as far as the edge knows. */
export type Client = {
  readonly device: Device;
  readonly installation: Installation;
  /** True where the request named no installation of ours: it is given one with its first assignment. */
  readonly isNew: boolean;
  /** The version that a check's ticket forces; null for everybody else. */
  readonly forced: string | null;
};

/** What a client says when it asks for its assignment. */
export type Asked = {
  /** The version that failed there. */
  readonly failed: string | null;
  /** The version that goes on running: nothing is assigned, only what is known is answered. */
  readonly running: string | null;
};

/** Decides and remembers who gets what. */
export type Assigner = {
  readonly clientOf: (request: IncomingMessage) => Client;
  /** The installation that a native shell's update plugin names by its token; null for any other token. */
  readonly clientOfToken: (token: unknown, device: Device) => Client | null;
  /** Hands out an assignment, with the installation as it is to be kept; null when there is no version. */
  readonly assign: (
    client: Client,
    asked: Asked,
  ) => Promise<{ assignment: Assignment; installation: Installation } | null>;
  /** The version that a client should be on now, by what is known without waiting. */
  readonly shouldRun: (client: Client) => string | null;
  /** The same for a device that isn't known as an installation: it takes no part in rollouts. */
  readonly shouldRunOutsideRollouts: (device: Device) => string | null;
  /** The version to change to at once; null where the client may stay on the one that it runs. */
  readonly swapOf: (client: Client, running: string | null) => string | null;
  /** The activation of a client that shows none: it proves nothing, and says which version was assigned. */
  readonly unproven: (client: Client, running: string | null) => Activation | null;
  /** Looks at which versions are there; on every change of the plan, every second, and before assignments. */
  readonly refresh: () => Promise<void>;
  readonly activations: TokenMaker<Activation>;
  readonly headerFor: (request: IncomingMessage, kept: Installation) => readonly [string, string];
};

export type AssignerDeps = {
  readonly edgeSecret: string;
  readonly origin: string;
  readonly catalog: Catalog;
  readonly plan: PlanSource;
  readonly clock: Clock;
  readonly random: Random;
};

/** Notes that a version failed here; where it is the running candidate, its rollout is left for good. */
function withFailed(kept: Installation, failed: string, rollout: string | null): Installation {
  return {
    ...kept,
    b: withNewest(kept.b, failed, failed_versions_max),
    p: rollout === null ? kept.p : withNewest(kept.p, rollout, pinned_rollouts_max),
  };
}

/** Says whether somebody had logged in on this installation before the rollout began, or ever. */
function deviceAge(kept: Installation, decision: Decision | null): Activation["device"] {
  if (kept.k === null) return "new";
  const startedAt = decision?.rollout?.startedAt;
  return startedAt === undefined || kept.k < Date.parse(startedAt) ? "returning" : "new";
}

/** Makes the assigner. */
export function createAssigner(deps: AssignerDeps): Assigner {
  const { edgeSecret, origin, catalog, plan, clock, random } = deps;
  const activations = createActivations(edgeSecret);
  const tickets = createCheckTickets(edgeSecret);
  const installations = createInstallations({ secret: edgeSecret, origin, clock, random });
  const checkCookie = cookieName(origin, check_cookie);
  /** What can be served, newest first, as it was found last. */
  let served: ReadonlyMap<string, readonly Platform[]> = new Map();
  let withdrawn: ReadonlySet<string> = new Set();

  const isForbidden = (version: string, platform: Platform) =>
    withdrawn.has(version) || isTakenBack(plan.known(), version, platform);

  function situation(platform: Platform): Situation {
    const isLoadable = (version: string) => served.get(version)?.includes(platform) === true;
    return {
      plan: plan.known().plan,
      isFresh: isFresh(plan),
      isTakenBack: isForbidden,
      isLoadable,
      newest: [...served.keys()].filter(isLoadable),
    };
  }

  /** Finds what can be served, and has in memory what the plan may give to somebody. */
  async function refresh(): Promise<void> {
    const named = Object.values(plan.known().plan?.platforms ?? {}).flatMap((platform) => [
      platform.stable,
      platform.previous,
      platform.rollout?.candidate ?? null,
    ]);
    const wanted = new Set(named.filter((version) => version !== null));
    await Promise.all([...wanted].map((version) => catalog.version(version)));
    await catalog.newest();
    served = new Map((await catalog.list()).map(({ version, platforms }) => [version, platforms]));
    withdrawn = await catalog.withdrawn();
  }

  function decisionFor(client: Client): Decision | null {
    if (client.forced !== null) return { version: client.forced, rollout: null, arm: "none" };
    return decide(situation(client.device.platform), client.device.platform, client.installation);
  }

  function activationOf(client: Client, decision: Decision, nonce: string): Activation {
    const { installation, device, forced } = client;
    return {
      nonce,
      installation: installation.i,
      version: decision.version,
      platform: device.platform,
      os: device.os,
      rollout: decision.rollout?.id ?? null,
      arm: decision.arm,
      device: deviceAge(installation, decision),
      customer: forced === null ? installation.c : null,
      issuedAt: clock.now().toISOString(),
    };
  }

  function swapOf(client: Client, running: string | null): string | null {
    if (running === null || client.forced !== null) return null;
    if (!isForbidden(running, client.device.platform)) return null;
    const wanted = decisionFor(client)?.version ?? null;
    // With nothing else to run, the version that was taken back is all there is.
    return wanted === running ? null : wanted;
  }

  async function assign(given: Client, { failed, running }: Asked) {
    await refresh();
    const rollout = plan.known().plan?.platforms[given.device.platform].rollout;
    const pinned = rollout !== undefined && rollout?.candidate === failed ? rollout.id : null;
    const before = given.installation;
    const client: Client =
      failed === null ? given : { ...given, installation: withFailed(before, failed, pinned) };
    const isForcedThere = client.forced === null || (await catalog.version(client.forced)) !== null;
    const decision = isForcedThere ? decisionFor(client) : null;
    if (decision === null) return null;
    const nonce = Buffer.from(random.bytes(16)).toString("base64url");
    const { version } = decision;
    const platform = client.device.platform;
    const assignment: Assignment = {
      version,
      activation: activations.sign(activationOf(client, decision, nonce)),
      expiresAt: addMs(clock.now(), plan_lease_ms_max).toISOString(),
      healthy: client.installation.h.filter((healthy) => !isForbidden(healthy, platform)),
      update:
        client.forced === null
          ? updateAdvice(plan.known().plan, platform, { version, shell: client.device.shell })
          : { kind: "none" },
    };
    return { assignment, installation: { ...client.installation, a: running ?? version } };
  }

  return {
    activations,
    headerFor: installations.headerFor,
    refresh,
    swapOf,
    assign,
    clientOf: (request) => {
      const found = installations.read(request);
      const ticket = tickets.read(cookieOf(request, checkCookie));
      const isValid = ticket !== null && ticket.until > clock.now().getTime();
      return {
        device: deviceOf(request),
        installation: found ?? installations.create(),
        isNew: found === null,
        forced: isValid ? ticket.version : null,
      };
    },
    clientOfToken: (token, device) => {
      const installation = installations.readToken(token);
      return installation === null ? null : { device, installation, isNew: false, forced: null };
    },
    shouldRun: (client) => decisionFor(client)?.version ?? null,
    shouldRunOutsideRollouts: (device) => {
      const rollout = plan.known().plan?.platforms[device.platform].rollout ?? null;
      const installation = { ...installations.create(), p: rollout === null ? [] : [rollout.id] };
      return decisionFor({ device, installation, isNew: true, forced: null })?.version ?? null;
    },
    unproven: (client, running) => {
      const version = running ?? client.installation.a;
      if (client.isNew || version === null) return null;
      const decision = decisionFor(client);
      // Only the version that this client should be on is in an arm; any other is counted in none.
      const counted: Decision =
        decision?.version === version ? decision : { version, rollout: null, arm: "none" };
      return activationOf(client, counted, `none-${Buffer.from(random.bytes(9)).toString("base64url")}`);
    },
  };
}
