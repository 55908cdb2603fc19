import { OperatorError } from "@mainstay/platform/embedded-postgres";
import { edge_secret_header } from "@mainstay/wire";

/** How long control may take to answer, in milliseconds. */
const answer_ms_max = 10_000;

/** Control's answer: what it said, or the sentence with which it refused. */
export type ControlAnswer =
  | { readonly ok: true; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly code: string; readonly sentence: string };

/** Control's internal endpoints, as the release command and the start ask them. */
export type ControlClient = {
  /** Asks; null when control is away. */
  readonly ask: (
    method: "GET" | "POST" | "PUT",
    path: string,
    body?: unknown,
  ) => Promise<ControlAnswer | null>;
  /** Asks what must be answered: throws `OperatorError` when control is away or refuses. */
  readonly demand: (method: "GET" | "POST" | "PUT", path: string, body?: unknown) => Promise<unknown>;
};

function refusalOf(status: number, body: unknown): ControlAnswer {
  const told = (typeof body === "object" && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const text = (name: string) => (typeof told[name] === "string" ? told[name] : "");
  const sentence = [text("title"), text("detail")].filter(Boolean).join(" ") || `Control answered ${status}.`;
  return { ok: false, status, code: text("code"), sentence };
}

/** Makes the client of the control on this machine. */
export function createControlClient(options: {
  readonly port: number;
  readonly secret: string;
}): ControlClient {
  const { port, secret } = options;
  const ask: ControlClient["ask"] = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        [edge_secret_header]: secret,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answer_ms_max),
    }).catch(() => null);
    if (answer === null) return null;
    const told: unknown = await answer.json().catch(() => null);
    return answer.ok ? { ok: true, body: told } : refusalOf(answer.status, told);
  };
  return {
    ask,
    demand: async (method, path, body) => {
      const answer = await ask(method, path, body);
      if (answer === null) {
        throw new OperatorError(
          `Nobody answers at port ${port}: npm start first, with the same MAINSTAY_PORT and MAINSTAY_DATA.`,
        );
      }
      if (!answer.ok) throw new OperatorError(answer.sentence);
      return answer.body;
    },
  };
}
