import Type from "typebox";
import { requireSecret, type HttpServer } from "@mainstay/platform";
import {
  edge_secret_header,
  InternalRolloutsSchema,
  KnownVersionsSchema,
  manifest_bytes_max,
  OperatorCommandSchema,
  OperatorDoneSchema,
  PlanSchema,
  PlatformSchema,
  ProtocolRetiredSchema,
  ProtocolsNeededSchema,
  RegisterVersionSchema,
  RetireProtocolSchema,
  RolloutIdSchema,
  VersionRegisteredSchema,
  VersionSchema,
  withProblems,
  WithdrawVersionSchema,
  type Platform,
} from "@mainstay/wire";
import type { BankPort } from "./bank-port.ts";
import { attentionOf, platformsOf } from "./console-json.ts";
import { retireProtocol } from "./retire.ts";
import { answered } from "./routes.ts";
import type { RolloutsService } from "./service.ts";
import { shareGiven, stageOf } from "./stages.ts";
import { operator_actor, type RolloutRecord } from "./types.ts";

type Deps = { readonly service: RolloutsService; readonly bank: BankPort; readonly edgeSecret: string };

function rolloutToLine(rollout: RolloutRecord) {
  return {
    id: rollout.id,
    version: rollout.version,
    platforms: [...platformsOf(rollout)],
    state: rollout.state,
    stage: rollout.stage,
    share: rollout.state === "rolled-back" ? 0 : shareGiven(stageOf(rollout).share),
    startedAt: rollout.startedAt.toISOString(),
    endedAt: rollout.ended?.at.toISOString() ?? null,
    attention: attentionOf(rollout),
    logEvidence: rollout.verdict?.logEvidence ?? null,
  };
}

function addPlanRoute(server: HttpServer, { service, edgeSecret }: Deps): void {
  const PlanQuery = Type.Object(
    { after: Type.Optional(Type.Integer({ minimum: -1 })) },
    { additionalProperties: false },
  );
  server.get(
    "/internal/plan",
    {
      config: { waits: true },
      onRequest: requireSecret(edge_secret_header, edgeSecret),
      schema: { querystring: PlanQuery, response: withProblems(PlanSchema) },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.on("close", () => gone.abort());
      const { after } = request.query;
      if (after === undefined) return service.plan();
      const plan = await service.waitForPlan(after, gone.signal);
      // The server's end waits for connections: this one was waiting, and isn't kept for another question.
      if (service.stopped.aborted) void reply.header("connection", "close");
      return plan;
    },
  );
}

function addVersionRoutes(server: HttpServer, { service, edgeSecret }: Deps): void {
  const onRequest = requireSecret(edge_secret_header, edgeSecret);
  server.get(
    "/internal/versions",
    { onRequest, schema: { response: withProblems(KnownVersionsSchema) } },
    async () => {
      const { platforms } = await service.readPlatforms();
      const active = await service.activeRollouts();
      const stateOf = (version: string, isWithdrawn: boolean): string => {
        if (isWithdrawn) return "withdrawn";
        const running = active.find((rollout) => rollout.version === version);
        if (running) return `rollout ${running.state}`;
        const on = (Object.keys(platforms) as Platform[]).filter(
          (name) => platforms[name].stable === version,
        );
        return on.length > 0 ? `stable on ${on.join(", ")}` : "known";
      };
      const versions = (await service.knownVersions()).map((known) => ({
        version: known.version,
        platforms: [...known.platforms],
        loginProtocol: known.login_protocol,
        summary: known.summary,
        state: stateOf(known.version, known.withdrawn_at !== null),
        registeredAt: known.registered_at.toISOString(),
      }));
      return { versions };
    },
  );
  server.post(
    "/internal/versions",
    {
      onRequest,
      // A manifest's text stands in JSON: its quotes take two bytes each.
      bodyLimit: 2 * manifest_bytes_max,
      schema: { body: RegisterVersionSchema, response: withProblems(VersionRegisteredSchema) },
    },
    async ({ body }) => {
      const done = await answered(service.registerVersion({ ...body, adopt: body.adopt ?? false }));
      return { ...done, stableOn: [...done.stableOn] };
    },
  );
  const VersionParams = Type.Object({ version: VersionSchema });
  server.post(
    "/internal/versions/:version/withdraw",
    {
      onRequest,
      schema: {
        params: VersionParams,
        body: WithdrawVersionSchema,
        response: withProblems(Type.Object({ version: VersionSchema })),
      },
    },
    async ({ body, params }) => answered(service.withdraw({ ...body, version: params.version })),
  );
}

function addOperatorRoutes(server: HttpServer, { service, edgeSecret }: Deps): void {
  const onRequest = requireSecret(edge_secret_header, edgeSecret);
  server.get(
    "/internal/rollouts",
    { onRequest, schema: { response: withProblems(InternalRolloutsSchema) } },
    async () => ({ rollouts: (await service.latestRollouts()).map(rolloutToLine) }),
  );
  const RolloutParams = Type.Object({ id: RolloutIdSchema });
  for (const verb of ["pause", "roll-back"] as const) {
    server.post(
      `/internal/rollouts/:id/${verb}`,
      {
        onRequest,
        schema: {
          params: RolloutParams,
          body: OperatorCommandSchema,
          response: withProblems(OperatorDoneSchema),
        },
      },
      async ({ params, body }) => {
        const given = { by: operator_actor, rolloutId: params.id, verb, command: body, expected: null };
        const { rollout, state } = await answered(service.command(given));
        return { rollout, state };
      },
    );
  }
  server.post(
    "/internal/platforms/:platform/roll-back-stable",
    {
      onRequest,
      schema: {
        params: Type.Object({ platform: PlatformSchema }),
        body: OperatorCommandSchema,
        response: withProblems(OperatorDoneSchema),
      },
    },
    async ({ params, body }) => {
      const given = { ...body, platform: params.platform, expectedStable: null };
      const { rollout, state } = await answered(service.rollBackStable(operator_actor, given));
      return { rollout, state };
    },
  );
}

function addProtocolRoutes(server: HttpServer, { service, bank, edgeSecret }: Deps): void {
  const onRequest = requireSecret(edge_secret_header, edgeSecret);
  server.get(
    "/internal/protocols",
    { onRequest, schema: { response: withProblems(ProtocolsNeededSchema) } },
    async () => ({
      needed: (await service.protocolsNeeded()).map(({ protocol, neededBy }) => ({
        protocol,
        versions: [...neededBy],
      })),
    }),
  );
  server.post(
    "/internal/retire-protocol",
    { onRequest, schema: { body: RetireProtocolSchema, response: withProblems(ProtocolRetiredSchema) } },
    async ({ body }) => ({
      accepted: [...(await answered(retireProtocol({ service, bank }, body.protocol)))],
    }),
  );
}

/** Adds what the edge, the release command and the start ask under `/internal`, with the edge's secret. */
export function addRolloutInternalRoutes(server: HttpServer, deps: Deps): void {
  addPlanRoute(server, deps);
  addVersionRoutes(server, deps);
  addOperatorRoutes(server, deps);
  addProtocolRoutes(server, deps);
}
