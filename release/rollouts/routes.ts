import Type from "typebox";
import { problem, streamChanges, type HttpServer } from "@mainstay/platform";
import {
  ApprovalDeclineSchema,
  ApprovalSchema,
  ApprovalSignOptionsSchema,
  ApprovalSignSchema,
  ApprovalsSchema,
  CheckMatrixSchema,
  ConsolePlatformsSchema,
  EmptySchema,
  IdSchema,
  OverrideChecksSchema,
  PlatformSchema,
  PutPlatformSchema,
  ReleaseSchema,
  ReleasesSchema,
  RollBackStableSchema,
  RolloutCommandedSchema,
  RolloutCommandSchema,
  RolloutIdSchema,
  RolloutLogInsSchema,
  RolloutSchema,
  RolloutSeriesSchema,
  StartRolloutSchema,
  VersionSchema,
  withProblems,
  type CheckMatrix,
  type Platform,
  type RolloutCommanded,
  type RolloutLogIns,
  type RolloutSeries,
  type RolloutStreamEvent,
  type StaffRole,
} from "@mainstay/wire";
import type { ConsoleGate, StaffMember } from "@mainstay/staff";
import type { RolloutVerb } from "./commands.ts";
import { rollouts_problems } from "./errors.ts";
import type { SignalsPort, Viewer } from "./reads.ts";
import type { RolloutsService } from "./service.ts";
import type { Answer, Commanded } from "./types.ts";

const readers: readonly StaffRole[] = ["release-manager", "auditor", "admin"];
const actors: readonly StaffRole[] = ["release-manager"];

/**
 * What the routes of the console are made of; `matrixOf` and what signals keep come from their own modules.
 */
export type ConsoleRouteDeps = {
  readonly service: RolloutsService;
  readonly gate: ConsoleGate;
  readonly signals: SignalsPort & {
    readonly logInsOf: (
      rolloutId: string,
      asked: {
        readonly segment: string;
        readonly arm: "candidate" | "stable" | null;
        readonly outcome: "succeeded" | "failed" | null;
      },
    ) => Promise<RolloutLogIns["logIns"]>;
    readonly seriesOf: (
      rolloutId: string,
      platform: Platform | null,
    ) => Promise<Pick<RolloutSeries, "points" | "marks" | "threshold" | "peak">>;
  };
  readonly matrixOf: (version: string) => Promise<Omit<CheckMatrix, "override">>;
};

/** Gives what a command came to, or throws its refusal as a problem. */
export async function answered<T>(answer: Answer<T>): Promise<T> {
  const result = await answer;
  if (result.ok) return result.value;
  const { code, detail } = result.error;
  throw problem(rollouts_problems, code, detail === undefined ? {} : { detail });
}

/** What a stream says of a change: a rollout's, or with null of anything. */
function wordOf(rollout: string | null) {
  return { type: "changed", rollout } satisfies RolloutStreamEvent;
}

function viewerOf(staff: StaffMember): Viewer {
  return { id: staff.id, mayAct: actors.some((role) => staff.roles.includes(role)) };
}

async function commandedToJson(
  service: RolloutsService,
  staff: StaffMember,
  answer: Answer<Commanded>,
): Promise<RolloutCommanded> {
  const { rollout, state, approval } = await answered(answer);
  const waiting = approval === null ? null : await service.approval(approval, viewerOf(staff));
  return { rollout, state, approval: waiting };
}

function addReleaseRoutes(server: HttpServer, deps: ConsoleRouteDeps): void {
  const { service, gate, signals, matrixOf } = deps;
  server.get("/api/releases", { schema: { response: withProblems(ReleasesSchema) } }, async (request) => {
    await gate.require(request, readers);
    return service.readReleases(signals);
  });
  server.get(
    "/api/releases/events-stream",
    { config: { waits: true }, schema: { hide: true } },
    async (request, reply) => {
      await gate.require(request, readers);
      return streamChanges(service, { request, reply, subject: null, wordOf });
    },
  );
  const VersionParams = Type.Object({ version: VersionSchema });
  server.get(
    "/api/releases/:version",
    { schema: { params: VersionParams, response: withProblems(ReleaseSchema) } },
    async (request) => {
      const viewer = viewerOf((await gate.require(request, readers)).staff);
      return answered(service.readRelease({ version: request.params.version, viewer, matrixOf }));
    },
  );
  server.get(
    "/api/checks/:version",
    { schema: { params: VersionParams, response: withProblems(CheckMatrixSchema) } },
    async (request) => {
      const viewer = viewerOf((await gate.require(request, readers)).staff);
      return service.readMatrix({ version: request.params.version, viewer, matrixOf });
    },
  );
  server.post(
    "/api/checks/:version/override",
    { schema: { params: VersionParams, body: OverrideChecksSchema, response: withProblems(ApprovalSchema) } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const given = { ...request.body, version: request.params.version };
      const { approval } = await commandedToJson(service, staff, service.overrideChecks(staff, given));
      if (approval === null) throw problem(rollouts_problems, "approval_unknown");
      return approval;
    },
  );
}

const RolloutParams = Type.Object({ id: RolloutIdSchema });

function addRolloutRoutes(server: HttpServer, deps: ConsoleRouteDeps): void {
  const { service, gate, signals } = deps;
  server.post(
    "/api/rollouts",
    { schema: { body: StartRolloutSchema, response: withProblems(RolloutCommandedSchema) } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      return commandedToJson(service, staff, service.start(staff, request.body));
    },
  );
  server.get(
    "/api/rollouts/:id",
    { schema: { params: RolloutParams, response: withProblems(RolloutSchema) } },
    async (request) => {
      const viewer = viewerOf((await gate.require(request, readers)).staff);
      return answered(service.readRollout({ rolloutId: request.params.id, viewer, signals }));
    },
  );
  const SeriesQuery = Type.Object(
    { platform: Type.Optional(PlatformSchema) },
    { additionalProperties: false },
  );
  server.get(
    "/api/rollouts/:id/series",
    {
      schema: {
        params: RolloutParams,
        querystring: SeriesQuery,
        response: withProblems(RolloutSeriesSchema),
      },
    },
    async (request) => {
      await gate.require(request, readers);
      const { id } = request.params;
      const rollout = await service.find(id);
      if (rollout === null) throw problem(rollouts_problems, "rollout_unknown");
      const [series, events] = await Promise.all([
        signals.seriesOf(id, request.query.platform ?? null),
        service.eventsOf(id),
      ]);
      const stages = rollout.stages.flatMap(({ startedAt, share }) =>
        startedAt === null ? [] : [{ at: startedAt.toISOString(), share }],
      );
      return { ...series, stages, events: [...events] };
    },
  );
  server.get(
    "/api/rollouts/:id/events-stream",
    { config: { waits: true }, schema: { hide: true, params: RolloutParams } },
    async (request, reply) => {
      await gate.require(request, readers);
      return streamChanges(service, { request, reply, subject: request.params.id, wordOf });
    },
  );
}

/** The log-ins behind a figure. */
function addLogInRoutes(server: HttpServer, { service, gate, signals }: ConsoleRouteDeps): void {
  const LogInsQuery = Type.Object(
    {
      segment: Type.String({ minLength: 1, maxLength: 200 }),
      arm: Type.Optional(Type.Enum(["candidate", "stable"])),
      outcome: Type.Optional(Type.Enum(["succeeded", "failed"])),
    },
    { additionalProperties: false },
  );
  server.get(
    "/api/rollouts/:id/log-ins",
    {
      schema: {
        params: Type.Object({ id: RolloutIdSchema }),
        querystring: LogInsQuery,
        response: withProblems(RolloutLogInsSchema),
      },
    },
    async (request) => {
      await gate.require(request, readers);
      const { id } = request.params;
      if ((await service.find(id)) === null) throw problem(rollouts_problems, "rollout_unknown");
      const { segment, arm = null, outcome = null } = request.query;
      return { logIns: await signals.logInsOf(id, { segment, arm, outcome }) };
    },
  );
}

/** The buttons of a rollout's page. */
function addButtonRoutes(server: HttpServer, { service, gate }: ConsoleRouteDeps): void {
  const verbs: readonly RolloutVerb[] = ["advance", "pause", "resume", "finish", "roll-back"];
  for (const verb of verbs) {
    server.post(
      `/api/rollouts/:id/${verb}`,
      {
        schema: {
          params: RolloutParams,
          body: RolloutCommandSchema,
          response: withProblems(RolloutCommandedSchema),
        },
      },
      async (request) => {
        const { staff } = await gate.require(request, actors);
        const { body, params } = request;
        const given = { by: staff, rolloutId: params.id, verb, command: body, expected: body };
        return commandedToJson(service, staff, service.command(given));
      },
    );
  }
}

function addApprovalRoutes(server: HttpServer, deps: ConsoleRouteDeps): void {
  const { service, gate } = deps;
  const ApprovalParams = Type.Object({ id: IdSchema("apr") });
  server.get("/api/approvals", { schema: { response: withProblems(ApprovalsSchema) } }, async (request) => {
    const { staff } = await gate.require(request, readers);
    return service.approvals(viewerOf(staff));
  });
  server.post(
    "/api/approvals/:id/sign/options",
    {
      schema: {
        params: ApprovalParams,
        body: EmptySchema,
        response: withProblems(ApprovalSignOptionsSchema),
      },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const begun = await answered(service.signOptions(staff, request.params.id));
      return { ...begun, expiresAt: begun.expiresAt.toISOString() };
    },
  );
  server.post(
    "/api/approvals/:id/sign",
    { schema: { params: ApprovalParams, body: ApprovalSignSchema, response: withProblems(ApprovalSchema) } },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { ceremonyId, credential, reason = null } = request.body;
      const approvalId = request.params.id;
      return answered(service.sign(staff, { approvalId, ceremonyId, credential, reason }));
    },
  );
  server.post(
    "/api/approvals/:id/decline",
    {
      schema: { params: ApprovalParams, body: ApprovalDeclineSchema, response: withProblems(ApprovalSchema) },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { reason = null } = request.body;
      return answered(service.decline(staff, { approvalId: request.params.id, reason }));
    },
  );
}

function addPlatformRoutes(server: HttpServer, { service, gate }: ConsoleRouteDeps): void {
  const PlatformParams = Type.Object({ platform: PlatformSchema });
  server.get(
    "/api/platforms",
    { schema: { response: withProblems(ConsolePlatformsSchema) } },
    async (request) => {
      await gate.require(request, readers);
      return service.readPlatforms();
    },
  );
  server.put(
    "/api/platforms/:platform",
    {
      schema: {
        params: PlatformParams,
        body: PutPlatformSchema,
        response: withProblems(RolloutCommandedSchema),
      },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const { platform } = request.params;
      return commandedToJson(service, staff, service.putPlatform(staff, platform, request.body));
    },
  );
  server.post(
    "/api/platforms/:platform/roll-back-stable",
    {
      schema: {
        params: PlatformParams,
        body: RollBackStableSchema,
        response: withProblems(RolloutCommandedSchema),
      },
    },
    async (request) => {
      const { staff } = await gate.require(request, actors);
      const given = { ...request.body, platform: request.params.platform };
      return commandedToJson(service, staff, service.rollBackStable(staff, given));
    },
  );
}

/** Adds what the console's releases pages ask, behind the console's gate. */
export function addRolloutConsoleRoutes(server: HttpServer, deps: ConsoleRouteDeps): void {
  addReleaseRoutes(server, deps);
  addRolloutRoutes(server, deps);
  addLogInRoutes(server, deps);
  addButtonRoutes(server, deps);
  addApprovalRoutes(server, deps);
  addPlatformRoutes(server, deps);
}
