import { Value } from "typebox/value";
import { Pool } from "undici";
import {
  edge_secret_header,
  StatusRevisionSchema,
  StatusTokenAnswerSchema,
  type StatusAsk,
  type StatusRevision,
} from "@mainstay/wire";

/** How long control may take to answer, in milliseconds, and how many connections lead there. */
const answer_ms_max = 4_000;
const connections_max = 4;

/** The edge's way to control for the status page. Everything throws where control is away. */
export type ControlStatus = {
  readonly fetchStatus: (revision: string | null) => Promise<StatusRevision>;
  readonly subscribe: (asked: StatusAsk) => Promise<"taken" | "too many" | "malformed">;
  readonly followLink: (what: "confirm" | "end", token: string) => Promise<"done" | "unknown">;
  readonly close: () => Promise<void>;
};

/** Makes that way. */
export function createControlStatus(deps: {
  readonly controlUrl: string;
  readonly edgeSecret: string;
}): ControlStatus {
  const pool = new Pool(deps.controlUrl, {
    connections: connections_max,
    connect: { timeout: 2_000 },
    headersTimeout: answer_ms_max,
    bodyTimeout: answer_ms_max,
  });
  const secret = { [edge_secret_header]: deps.edgeSecret };

  async function post(path: string, body: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await pool.request({
      method: "POST",
      path: `/internal/status/subscriptions${path}`,
      headers: { ...secret, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return { status: answer.statusCode, body: await answer.body.json() };
  }

  return {
    fetchStatus: async (revision) => {
      const after = revision === null ? "" : `?after=${encodeURIComponent(revision)}`;
      const answer = await pool.request({ method: "GET", path: `/internal/status${after}`, headers: secret });
      const body: unknown = await answer.body.json();
      if (answer.statusCode === 200 && Value.Check(StatusRevisionSchema, body)) return body;
      throw new Error(`control answered ${answer.statusCode} for the status`);
    },
    subscribe: async (asked) => {
      const { status } = await post("", asked);
      if (status === 200) return "taken";
      if (status === 429) return "too many";
      if (status === 400) return "malformed";
      throw new Error(`control answered ${status} to a subscription`);
    },
    followLink: async (what, token) => {
      const { status, body } = await post(`/${what}`, { token });
      if (status === 200 && Value.Check(StatusTokenAnswerSchema, body)) return body.outcome;
      if (status === 400) return "unknown";
      throw new Error(`control answered ${status} to a link`);
    },
    close: () => pool.destroy(),
  };
}
