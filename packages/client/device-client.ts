import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  type KeyObject,
} from "node:crypto";

/** How a client reaches the server: `fetch`, or a server in the same process by `injectTransport`. */
export type Transport = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}) => Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly setCookies: readonly string[];
  readonly text: string;
}>;

/** An answer: its status, its body as JSON (null where there is none), its headers. */
export type Answer = {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | undefined>>;
};

/** What a test may make go wrong in a proof. */
export type ProofFaults = {
  readonly method?: string;
  readonly address?: string;
  readonly nonce?: string;
  readonly id?: string;
  readonly key?: KeyObject;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
};

/** What a call may carry beside its body. */
export type CallOptions = {
  readonly faults?: ProofFaults;
  /** Sent as the proof, as it is; `null` sends none. */
  readonly proof?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** The nonce that the proof carries; the newest that the server gave where none is said. */
  readonly nonce?: string;
  /** Don't try again with the nonce that the server asks for. */
  readonly isSingle?: boolean;
};

/**
 * Reaches a server over HTTP at an address such as `http://127.0.0.1:8083`. `limit` gives each request the
 * signal that ends it; without one, none is ended.
 */
export function fetchTransport(base: string, limit?: () => AbortSignal): Transport {
  return async ({ method, path, headers, body }) => {
    const answer = await fetch(base + path, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(limit === undefined ? {} : { signal: limit() }),
    });
    return {
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      setCookies: answer.headers.getSetCookie(),
      text: await answer.text(),
    };
  };
}

/** The part of a Fastify server that a test in the same process needs. */
export type Injectable = {
  readonly inject: (options: {
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    url: string;
    headers: Record<string, string>;
    payload?: string;
  }) => Promise<{ statusCode: number; headers: Record<string, unknown>; body: string }>;
};

/** Reaches a Fastify server in the same process, without a socket. */
export function injectTransport(server: Injectable): Transport {
  return async ({ method, path, headers, body }) => {
    const answer = await server.inject({
      method: method as "GET",
      url: path,
      headers: { ...headers },
      ...(body === undefined ? {} : { payload: body }),
    });
    const cookies = answer.headers["set-cookie"];
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string | undefined>,
      setCookies: Array.isArray(cookies) ? cookies.map(String) : typeof cookies === "string" ? [cookies] : [],
      text: answer.body,
    };
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** A device's key and the proofs (RFC 9449) that it makes for the addresses under `origin`. */
function createProver(origin: string, given: KeyObject | undefined) {
  const privateKey = given ?? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const { x = "", y = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  const jwk = { kty: "EC", crv: "P-256", x, y };
  const thumbprint = createHash("sha256")
    .update(`{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`)
    .digest("base64url");
  const common = { typ: "dpop+jwt", alg: "ES256", jwk };
  const plainHeader = encode(common);

  function prove(method: string, path: string, nonce: string | undefined, faults: ProofFaults): string {
    const header = faults.header ? encode({ ...common, ...faults.header }) : plainHeader;
    const claims = encode({
      htm: faults.method ?? method,
      htu: faults.address ?? origin + (path.split("?")[0] ?? path),
      jti: faults.id ?? randomBytes(16).toString("base64url"),
      // The device's clock isn't believed: any number does.
      iat: 0,
      ...(nonce === undefined ? {} : { nonce }),
      ...faults.claims,
    });
    const key = { key: faults.key ?? privateKey, dsaEncoding: "ieee-p1363" as const };
    const signature = sign("sha256", Buffer.from(`${header}.${claims}`), key);
    return `${header}.${claims}.${signature.toString("base64url")}`;
  }

  return { jwk, thumbprint, prove };
}

/** The cookies that a server set, as a browser keeps them. */
function createCookies() {
  const cookies = new Map<string, string>();
  return {
    all: cookies,
    header: (): Readonly<Record<string, string>> =>
      cookies.size === 0
        ? {}
        : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    keep: (setCookies: readonly string[]): void => {
      for (const cookie of setCookies) {
        const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
        if (value === "" || /max-age=0/i.test(cookie)) cookies.delete(name);
        else cookies.set(name, value);
      }
    },
  };
}

/**
 * A device as the bank sees one: a key of its own (a P-256 private key that is given, or else a new one), a
 * fresh proof for each request with the nonce that the server last gave, and the cookies that it set.
 */
export function createDeviceClient(options: {
  readonly origin: string;
  readonly transport: Transport;
  readonly key?: KeyObject;
}) {
  const { jwk, thumbprint, prove } = createProver(options.origin, options.key);
  const cookies = createCookies();
  let nonce: string | undefined;

  const proofFor = (method: string, path: string, faults: ProofFaults = {}): string =>
    prove(method, path, faults.nonce ?? nonce, faults);

  async function send(method: string, path: string, body: unknown, how: CallOptions): Promise<Answer> {
    const faults = how.nonce === undefined ? how.faults : { nonce: how.nonce, ...how.faults };
    const proof = how.proof === undefined ? proofFor(method, path, faults) : how.proof;
    const answer = await options.transport({
      method,
      path,
      headers: {
        ...(proof === null ? {} : { dpop: proof }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...cookies.header(),
        ...how.headers,
      },
      body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    });
    nonce = answer.headers["dpop-nonce"] ?? nonce;
    cookies.keep(answer.setCookies);
    const isJson = /json/.test(answer.headers["content-type"] ?? "") && answer.text !== "";
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(answer.text) : null };
  }

  return {
    thumbprint,
    jwk,
    cookies: cookies.all,
    proofFor,
    nonce: (): string | undefined => nonce,

    /** Asks, and again with a fresh nonce where the server wants one. A body that is text goes as it is. */
    async call(method: string, path: string, body?: unknown, how: CallOptions = {}): Promise<Answer> {
      const answer = await send(method, path, body, how);
      const wantsNonce =
        answer.status === 401 && (answer.body as { code?: string }).code === "use_dpop_nonce";
      if (!wantsNonce || how.isSingle || how.proof !== undefined) return answer;
      return send(method, path, body, how);
    },
  };
}

/** A device made by `createDeviceClient`. */
export type DeviceClient = ReturnType<typeof createDeviceClient>;
