import { hkdfSync } from "node:crypto";
import type { FastifyRequest } from "fastify";
import Type from "typebox";
import { isSecret, problem, type HttpServer } from "@mainstay/platform";
import {
  edge_secret_header,
  PlatformSchema,
  RolloutIdSchema,
  signals_batch_max,
  SignalsTakenSchema,
  withProblems,
  type Platform,
} from "@mainstay/wire";
import { signals_problems } from "./errors.ts";
import type { Intake } from "./intake.ts";
import type { SignalReads } from "./reads.ts";
import type { RolloutsPort } from "./types.ts";
import { answerOf, VerdictAnswerSchema, type VerdictAction, type VerdictAnswer } from "./verdict.ts";

/** The largest delivery, in bytes: 500 signals of at most 2 KiB each. */
export const delivery_bytes_max = signals_batch_max * 2_048;

/** A delivery as it comes in: each signal is looked at by itself, so that one that is wrong holds up none. */
const DeliverySchema = Type.Object(
  { signals: Type.Array(Type.Unknown(), { minItems: 1, maxItems: signals_batch_max }) },
  { additionalProperties: false },
);

/** What Flagger's webhooks send; all but `metadata` is of no account here. */
const FlaggerCallSchema = Type.Object(
  {
    metadata: Type.Object(
      {
        token: Type.Optional(Type.String({ maxLength: 100 })),
        rollout: Type.Optional(RolloutIdSchema),
        platform: Type.Optional(PlatformSchema),
      },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true },
);

type RouteDeps = {
  readonly intake: Intake;
  readonly reads: SignalReads;
  readonly rollouts: Pick<RolloutsPort, "find" | "latestOn">;
  readonly edgeSecret: string;
};

/**
 * The token with which other systems read verdicts, and can do nothing else: made from the edge's secret
 * (HKDF, RFC 5869), so that it needs no place of its own and changes with it.
 */
export function verdictToken(edgeSecret: string): string {
  return Buffer.from(hkdfSync("sha256", edgeSecret, "", "mainstay verdict", 32)).toString("base64url");
}

/** Adds `POST /internal/signals` for the edge and the bank, and `/verdict` for other systems. */
export function addSignalRoutes(server: HttpServer, deps: RouteDeps): void {
  server.post(
    "/internal/signals",
    {
      bodyLimit: delivery_bytes_max,
      schema: { body: DeliverySchema, response: withProblems(SignalsTakenSchema) },
    },
    async (request) => {
      // To whoever has not the secret there is nothing here.
      if (!isSecret(request.headers[edge_secret_header], deps.edgeSecret)) {
        throw problem(signals_problems, "not_found");
      }
      const { taken, refused } = await deps.intake(request.body.signals);
      return { taken, refused: [...refused] };
    },
  );
  addVerdictRoutes(server, deps);
  addFlaggerRoutes(server, deps);
}

function addVerdictRoutes(server: HttpServer, deps: RouteDeps): void {
  const token = verdictToken(deps.edgeSecret);
  const requireToken = (request: FastifyRequest): void => {
    const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1];
    const isOurs = isSecret(request.headers[edge_secret_header], deps.edgeSecret);
    if (!isOurs && !isSecret(bearer, token)) throw problem(signals_problems, "verdict_token_wrong");
  };
  server.get(
    "/verdict/:rollout",
    {
      schema: {
        params: Type.Object({ rollout: RolloutIdSchema }),
        response: withProblems(VerdictAnswerSchema),
      },
    },
    async (request) => {
      requireToken(request);
      return answerFor(deps, { rollout: request.params.rollout });
    },
  );
  server.get(
    "/verdict",
    {
      schema: {
        querystring: Type.Object({ platform: PlatformSchema }),
        response: withProblems(VerdictAnswerSchema),
      },
    },
    async (request) => {
      requireToken(request);
      return answerFor(deps, { platform: request.query.platform });
    },
  );
}

/**
 * Flagger's webhooks go by the status alone and send no headers of one's own: so the token comes in the
 * metadata, and each question has its address.
 */
function addFlaggerRoutes(server: HttpServer, deps: RouteDeps): void {
  const token = verdictToken(deps.edgeSecret);
  const gate = (
    path: string,
    actions: readonly VerdictAction[],
    otherwise: "not_to_go_on" | "not_to_roll_back",
  ) =>
    server.post(
      path,
      { schema: { body: FlaggerCallSchema, response: withProblems(VerdictAnswerSchema) } },
      async (request) => {
        const { metadata } = request.body;
        if (!isSecret(metadata.token, token)) throw problem(signals_problems, "verdict_token_wrong");
        const answer = await answerFor(deps, metadata);
        if (actions.includes(answer.action)) return answer;
        throw problem(signals_problems, otherwise, { detail: inWords(answer) });
      },
    );
  gate("/verdict/go-on", ["go-on"], "not_to_go_on");
  gate("/verdict/roll-back", ["roll-back"], "not_to_roll_back");
}

async function answerFor(
  deps: RouteDeps,
  asked: { readonly rollout?: string | undefined; readonly platform?: Platform | undefined },
): Promise<VerdictAnswer> {
  const { rollout: id, platform } = asked;
  const rollout =
    id !== undefined
      ? await deps.rollouts.find(id)
      : platform !== undefined
        ? await deps.rollouts.latestOn(platform)
        : null;
  if (rollout === null) throw problem(signals_problems, "rollout_unknown");
  return answerOf(rollout, await deps.reads.verdict(rollout.id));
}

/** What Flagger writes into its log. */
function inWords({ version, action, kind, reason, state, candidate, stable }: VerdictAnswer): string {
  const why = reason === null ? kind : `${kind}, ${reason}`;
  return (
    `${version}: ${action} (guard: ${why}; rollout: ${state}); failed log-ins: ` +
    `${candidate.failed} of ${candidate.n}, on stable ${stable.failed} of ${stable.n}`
  );
}
