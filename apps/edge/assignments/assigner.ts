import { addMs, type Clock, type Random } from "@mainstay/kernel";
import { ActivationSchema, plan_lease_ms_max, type Activation, type Assignment } from "@mainstay/wire";
import type { Catalog } from "../catalog.ts";
import type { Device } from "./client.ts";
import { createClients, type Client, type Clients } from "./clients.ts";
import { decide, updateAdvice, type Decision } from "./decide.ts";
import { failed_versions_max, pinned_rollouts_max, withNewest, type Installation } from "./installation.ts";
import type { PlanSource } from "./plan-keeper.ts";
import { createServable, type Servable } from "./servable.ts";
import { createTokenMaker, type TokenMaker } from "@mainstay/platform";

/** Signs and reads activations. */
export function createActivations(edgeSecret: string): TokenMaker<Activation> {
  return createTokenMaker(edgeSecret, "activation", ActivationSchema);
}

/** What a client says when it asks for its assignment. */
export type Asked = {
  /** The version that failed there. */
  readonly failed: string | null;
  /** The version that goes on running: nothing is assigned, only what is known is answered. */
  readonly running: string | null;
};

/** Decides and remembers who gets what. */
export type Assigner = Clients & {
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
  /**
   * Looks at which versions are there; on every change of the plan, every second, and before assignments.
   * Says whether anything has changed.
   */
  readonly refresh: () => Promise<boolean>;
  readonly activations: TokenMaker<Activation>;
};

export type AssignerDeps = {
  readonly edgeSecret: string;
  readonly origin: string;
  readonly catalog: Catalog;
  readonly plan: PlanSource;
  readonly clock: Clock;
  readonly random: Random;
};

/** What the assigner works with. */
type Room = AssignerDeps & {
  readonly servable: Servable;
  readonly activations: TokenMaker<Activation>;
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

/** What the edge signs into a client's activation. */
function activationOf(client: Client, decision: Decision, given: { nonce: string; now: Date }): Activation {
  const { installation, device, forced } = client;
  return {
    nonce: given.nonce,
    installation: installation.i,
    version: decision.version,
    platform: device.platform,
    os: device.os,
    rollout: decision.rollout?.id ?? null,
    arm: decision.arm,
    device: deviceAge(installation, decision),
    customer: forced === null ? installation.c : null,
    issuedAt: given.now.toISOString(),
  };
}

function decisionFor({ servable }: Room, client: Client): Decision | null {
  if (client.forced !== null) return { version: client.forced, rollout: null, arm: "none" };
  const { platform } = client.device;
  return decide(servable.situation(platform), platform, client.installation);
}

function swapOf(room: Room, client: Client, running: string | null): string | null {
  if (running === null || client.forced !== null) return null;
  if (!room.servable.isForbidden(running, client.device.platform)) return null;
  const wanted = decisionFor(room, client)?.version ?? null;
  // With nothing else to run, the version that was taken back is all there is.
  return wanted === running ? null : wanted;
}

function unproven(room: Room, client: Client, running: string | null): Activation | null {
  const version = running ?? client.installation.a;
  if (client.isNew || version === null) return null;
  const decision = decisionFor(room, client);
  // Only the version that this client should be on is in an arm; any other is counted in none.
  const counted: Decision =
    decision?.version === version ? decision : { version, rollout: null, arm: "none" };
  const nonce = `none-${Buffer.from(room.random.bytes(9)).toString("base64url")}`;
  return activationOf(client, counted, { nonce, now: room.clock.now() });
}

async function assign(room: Room, given: Client, { failed, running }: Asked) {
  const { plan, servable, catalog, clock, random } = room;
  await servable.refresh();
  const { platform, shell } = given.device;
  const rollout = plan.known().plan?.platforms[platform].rollout ?? null;
  const pinned = rollout?.candidate === failed ? (rollout?.id ?? null) : null;
  const before = given.installation;
  const client: Client =
    failed === null ? given : { ...given, installation: withFailed(before, failed, pinned) };
  const isForcedThere = client.forced === null || (await catalog.version(client.forced)) !== null;
  const decision = isForcedThere ? decisionFor(room, client) : null;
  if (decision === null) return null;
  const nonce = Buffer.from(random.bytes(16)).toString("base64url");
  const now = clock.now();
  const { version } = decision;
  const assignment: Assignment = {
    version,
    activation: room.activations.sign(activationOf(client, decision, { nonce, now })),
    expiresAt: addMs(now, plan_lease_ms_max).toISOString(),
    healthy: client.installation.h.filter((healthy) => !servable.isForbidden(healthy, platform)),
    update:
      client.forced === null
        ? updateAdvice(plan.known().plan, platform, { version, shell })
        : { kind: "none" },
  };
  return { assignment, installation: { ...client.installation, a: running ?? version } };
}

/** Makes the assigner. */
export function createAssigner(deps: AssignerDeps): Assigner {
  const clients = createClients(deps);
  const activations = createActivations(deps.edgeSecret);
  const room: Room = { ...deps, activations, servable: createServable(deps) };
  return {
    ...clients,
    activations,
    refresh: room.servable.refresh,
    swapOf: (client, running) => swapOf(room, client, running),
    assign: (client, asked) => assign(room, client, asked),
    unproven: (client, running) => unproven(room, client, running),
    shouldRun: (client) => decisionFor(room, client)?.version ?? null,
    shouldRunOutsideRollouts: (device) => {
      const rollout = deps.plan.known().plan?.platforms[device.platform].rollout ?? null;
      const stranger = clients.stranger(device);
      const installation = { ...stranger.installation, p: rollout === null ? [] : [rollout.id] };
      return decisionFor(room, { ...stranger, installation })?.version ?? null;
    },
  };
}
