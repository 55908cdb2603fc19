import type { Activation, Assignment } from "@mainstay/wire";
import { expect } from "vitest";
import { createActivations } from "../../apps/edge/assignments/assigner.ts";
import { edge_secret, type startTestEdge } from "./test-edge.ts";

/** What an edge gave to an installation: its assignment, its cookie, and what the activation says. */
export type Given = Assignment & { readonly cookie: string; readonly shown: Activation };

const activations = createActivations(edge_secret);

/** Reads an activation; throws where the test edge hasn't signed it. */
export function readActivation(token: string): Activation {
  const shown = activations.read(token);
  if (shown === null) throw new Error("the activation isn't signed by the edge");
  return shown;
}

/** What browsers do at a test edge. */
export function phonesOf(edge: Awaited<ReturnType<typeof startTestEdge>>) {
  return {
    /** Asks for an assignment as a browser does: with the cookie of an earlier answer. */
    assign: async (cookie = "", query = "", headers: Record<string, string> = {}): Promise<Given> => {
      const answer = await edge.ask(`/assignment${query}`, { headers: { ...headers, cookie } });
      const assignment = JSON.parse(answer.body.toString()) as Assignment;
      const kept = String(answer.headers["set-cookie"]?.[0] ?? "").split(";")[0] ?? "";
      return { ...assignment, cookie: kept, shown: readActivation(assignment.activation) };
    },

    /** Logs in through the edge, on the version of an assignment; answers the cookie afterwards. */
    logIn: async ({ cookie, activation }: Given): Promise<string> => {
      edge.state.answer = (_request, response) =>
        response
          .setHeader("x-mainstay-customer", "customer-1")
          .setHeader("set-cookie", "mainstay_session=s")
          .end("{}");
      const headers = { cookie, "x-mainstay-activation": activation };
      const answer = await edge.ask("/api/login", { method: "POST", body: "{}", headers });
      expect(answer.headers["x-mainstay-customer"]).toBeUndefined();
      const cookies = answer.headers["set-cookie"] ?? [];
      expect(cookies[0]).toBe("mainstay_session=s");
      return String(cookies[1] ?? "").split(";")[0] ?? "";
    },

    /** What the bank was told of the last request. */
    told: (): Activation | null => {
      const text = String(edge.asked.at(-1)?.headers["x-mainstay-verified-activation"] ?? "");
      return text === "" ? null : (JSON.parse(Buffer.from(text, "base64url").toString()) as Activation);
    },
  };
}
