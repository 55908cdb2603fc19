import { connect, type Socket } from "node:net";
import type { Transport } from "@mainstay/testkit/client";

type Waiting = {
  readonly resolve: (answer: Awaited<ReturnType<Transport>>) => void;
  readonly reject: (error: Error) => void;
};

const head_end = Buffer.from("\r\n\r\n");

/**
 * A client that costs as little as it can, because it shares the processors with the server that it measures:
 * one connection that stays open, one request at a time, answers with a length.
 */
export function connectTransport(port: number): {
  readonly transport: Transport;
  readonly close: () => void;
} {
  let received: Buffer = Buffer.alloc(0);
  let waiting: Waiting | null = null;
  let socket: Socket | null = null;

  function answerOf(head: string, text: string): Awaited<ReturnType<Transport>> {
    const lines = head.split("\r\n");
    const headers: Record<string, string> = {};
    const setCookies: string[] = [];
    for (const line of lines.slice(1)) {
      const colon = line.indexOf(":");
      const name = line.slice(0, colon).toLowerCase();
      const value = line.slice(colon + 1).trim();
      if (name === "set-cookie") setCookies.push(value);
      else headers[name] = value;
    }
    return { status: Number(lines[0]?.slice(9, 12)), headers, setCookies, text };
  }

  function takeAnswer(): void {
    const headEnd = received.indexOf(head_end);
    if (headEnd < 0) return;
    const head = received.toString("latin1", 0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const end = headEnd + head_end.length + length;
    if (received.length < end) return;
    const answer = answerOf(head, received.toString("utf8", headEnd + head_end.length, end));
    received = received.subarray(end);
    const { resolve } = waiting ?? {};
    waiting = null;
    resolve?.(answer);
  }

  /** Opens the connection, the first time or after the server has closed it because nobody asked anything. */
  function open(): Socket {
    const opened = connect({ port, host: "127.0.0.1", noDelay: true });
    opened.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      takeAnswer();
    });
    opened.on("error", () => opened.destroy());
    opened.on("close", () => {
      socket = null;
      received = Buffer.alloc(0);
      waiting?.reject(new Error("the bank closed the connection"));
    });
    return opened;
  }

  return {
    transport: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        let head = `${method} ${path} HTTP/1.1\r\nhost: localhost\r\n`;
        for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
        const length = body === undefined ? 0 : Buffer.byteLength(body);
        socket ??= open();
        socket.write(`${head}content-length: ${length}\r\n\r\n${body ?? ""}`);
      }),
    close: () => socket?.destroy(),
  };
}
