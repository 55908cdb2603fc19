import { Agent, request, type ClientRequest, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import type { Transport } from "@mainstay/testkit/client";

/** How many connections the whole fleet keeps to the edge for its requests. */
export const fleet_connections_max = 64;
/** How long an answer may take before a phone gives up, in milliseconds: as the app's own patience. */
export const answer_ms_max = 15_000;

/** What phones reach the edge by. */
export type FleetHttp = {
  readonly ask: Transport;
  /** Fetches a document as its bytes; rejects unless it is there. */
  readonly download: (path: string, headers: Readonly<Record<string, string>>) => Promise<Buffer>;
  /** Opens an event stream; `onData` is told each event's data. Answers how to close it. */
  readonly listen: (
    path: string,
    headers: Readonly<Record<string, string>>,
    onData: (data: string) => void,
  ) => () => void;
  readonly close: () => void;
};

function listHeaders(answer: IncomingMessage): Record<string, string | undefined> {
  const pairs = Object.entries(answer.headers).filter(([, value]) => !Array.isArray(value));
  return Object.fromEntries(pairs) as Record<string, string | undefined>;
}

/** Hands on the data of each server-sent event as it comes (WHATWG HTML §9.2.6). */
function readEvents(answer: IncomingMessage, onData: (data: string) => void): void {
  let text = "";
  answer.setEncoding("utf8");
  answer.on("data", (chunk: string) => {
    text += chunk;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const data = event.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length > 0) onData(data.map((line) => line.slice(5).trim()).join("\n"));
    }
  });
}

/** Where requests go: the server, and the host name by which it is known. */
type Way = { readonly host: string; readonly port: number; readonly headers: { readonly host: string } };

/** Makes what sends a request and hears its answer to the end. */
function createAsk(agent: Agent, way: Way): Transport {
  const ask: Transport = (asked) =>
    new Promise((resolve, reject) => {
      const { method, path, headers, body } = asked;
      const sent = request(
        {
          ...way,
          agent,
          method,
          path,
          headers: {
            ...way.headers,
            ...headers,
            ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
          },
          timeout: answer_ms_max,
        },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8");
          answer.on("data", (chunk: string) => (text += chunk));
          answer.on("error", reject);
          answer.on("end", () => {
            const setCookies = answer.headers["set-cookie"] ?? [];
            resolve({ status: answer.statusCode ?? 0, headers: listHeaders(answer), setCookies, text });
          });
        },
      );
      sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
      sent.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed an idle connection just as it was taken up again (Node's `reusedSocket`): it has
        // read nothing. Browsers ask again too (RFC 9110 §9.2.2).
        if (sent.reusedSocket && error.code === "ECONNRESET") ask(asked).then(resolve, reject);
        else reject(error);
      });
      sent.end(body);
    });
  return ask;
}

/** Makes the way to a server on this machine, under the host name that it goes by. */
export function createFleetHttp(port: number, host = "localhost"): FleetHttp {
  const agent = new Agent({ keepAlive: true, maxSockets: fleet_connections_max });
  const common: Way = { host: "127.0.0.1", port, headers: { host: `${host}:${port}` } };
  const streams = new Set<ClientRequest>();
  const ask = createAsk(agent, common);

  const download: FleetHttp["download"] = (path, headers) =>
    new Promise((resolve, reject) => {
      const sent = request(
        { ...common, agent, path, headers: { ...common.headers, ...headers }, timeout: answer_ms_max },
        (answer) => {
          if (answer.statusCode !== 200) reject(new Error(`${path} was answered ${answer.statusCode}`));
          buffer(answer).then(resolve, reject);
        },
      );
      sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
      sent.on("error", reject);
      sent.end();
    });

  return {
    ask,
    download,
    listen: (path, headers, onData) => {
      const sent = request({ ...common, agent: false, path, headers: { ...common.headers, ...headers } });
      streams.add(sent);
      sent.on("response", (answer) => readEvents(answer, onData));
      // A stream that ends or never opens leaves the phone to hear of a change with its next answer.
      sent.on("error", () => streams.delete(sent));
      sent.on("close", () => streams.delete(sent));
      sent.end();
      return () => sent.destroy();
    },
    close: () => {
      for (const sent of streams) sent.destroy();
      agent.destroy();
    },
  };
}
