import Type from "typebox";
import { Value } from "typebox/value";
import { Pool } from "undici";
import type { BankPort } from "@mainstay/rollouts";
import { AcceptedProtocolsSchema, edge_secret_header, FailuresLiftedSchema } from "@mainstay/wire";

/** How many connections lead to the bank's internal endpoints, and how long it may take, in milliseconds. */
const connections_max = 2;
const answer_ms_max = 5_000;
const answer_bytes_max = 256 * 1024;

type Ask = { readonly method: "GET" | "POST" | "PUT"; readonly path: string; readonly body?: unknown };

/** Makes release control's way to the bank's `/internal`, with the edge's secret. `close` ends it. */
export function createBankClient(deps: {
  readonly bankUrl: string;
  readonly edgeSecret: string;
}): BankPort & { readonly close: () => Promise<void> } {
  const pool = new Pool(deps.bankUrl, {
    connections: connections_max,
    headersTimeout: answer_ms_max,
    bodyTimeout: answer_ms_max,
    maxResponseSize: answer_bytes_max,
  });

  async function ask({ method, path, body }: Ask): Promise<{ status: number; body: unknown }> {
    const answer = await pool.request({
      method,
      path,
      headers: {
        [edge_secret_header]: deps.edgeSecret,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, body: text === "" ? null : (JSON.parse(text) as unknown) };
  }

  /** The answer's body as its schema; anything but 200 throws. */
  function bodyOf<Schema extends Type.TSchema>(
    schema: Schema,
    answer: { readonly status: number; readonly body: unknown },
  ): Type.Static<Schema> {
    if (answer.status !== 200 || !Value.Check(schema, answer.body)) {
      throw new Error(`the bank answered ${answer.status}`);
    }
    return answer.body;
  }

  return {
    liftFailures: async (version) =>
      bodyOf(
        FailuresLiftedSchema,
        await ask({ method: "POST", path: "/internal/lift-failures", body: { version } }),
      ),
    refuseVersions: async (versions) => {
      const answer = await ask({ method: "PUT", path: "/internal/refused-versions", body: versions });
      if (answer.status >= 300) throw new Error(`the bank answered ${answer.status}`);
    },
    acceptedProtocols: async () =>
      bodyOf(AcceptedProtocolsSchema, await ask({ method: "GET", path: "/internal/login-protocols" }))
        .accepted,
    putProtocols: async (accepted, needed) => {
      const body = { accepted, needed };
      const answer = await ask({ method: "PUT", path: "/internal/login-protocols", body });
      if (answer.status === 409) return null;
      return bodyOf(AcceptedProtocolsSchema, answer).accepted;
    },
    close: () => pool.destroy(),
  };
}
