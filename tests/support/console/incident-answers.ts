import type { AffectedPage, Incident, Incidents, Message, Messages, Review } from "@mainstay/wire";
import { affected, amara_actor, earlier, incident, incident_id, jonas, nameOf, summary } from "./incident.ts";
import { message, sent, status } from "./message.ts";
import { review } from "./review.ts";

/** How far the stand-in's incident is: what the page asked for changes it. */
type Scene = { incident: Incident; message: Message; review: Review; isSomebodyElse: boolean };

const emptyPage = { affected: [], next: null };

/** What control and the bank answer the incidents pages: an invented incident that goes on as staff ask. */
export function incidentAnswers() {
  const scene: Scene = { incident, message, review, isSomebodyElse: false };

  function page(back: string | null): AffectedPage {
    const wanted = affected.filter(({ backAt }) => back === null || (backAt !== null) === (back === "yes"));
    const total = back === null ? affected.length : wanted.length;
    return { ...emptyPage, affected: wanted.slice(0, 8), total, back: 29 };
  }

  function messages(): Messages {
    return { messages: [scene.message], waiting: scene.message.state === "waiting" ? 1 : 0 };
  }

  function read(url: URL): unknown {
    const [, kind = "", id = "", part = ""] = url.pathname.slice("/api".length).split("/");
    if (kind === "status") return status;
    if (kind === "messages") {
      if (part !== "deliveries") return messages();
      return { deliveries: [], next: null };
    }
    if (kind !== "incidents") return undefined;
    if (id === "") {
      const incidents: Incidents = {
        incidents: [{ ...summary, state: scene.incident.state }, earlier],
        open: 1,
      };
      return incidents;
    }
    if (id === "concerning") return { incidents: [{ ...summary, state: scene.incident.state }] };
    if (part === "affected") return page(url.searchParams.get("back"));
    if (part === "messages") return messages();
    if (part === "review") return scene.review;
    return id === incident_id ? scene.incident : null;
  }

  function change(path: string, body: Record<string, unknown>): unknown {
    if (path === "/api/bank/customers/names") {
      const names = (body["refs"] as string[]).flatMap((ref) => {
        const name = nameOf(ref);
        return name === null ? [] : [{ ref, name, kind: "customer" }];
      });
      return { names };
    }
    if (path.endsWith("/notes")) {
      const note = {
        at: incident.timeline.at(-1)?.at ?? "",
        kind: "note",
        title: "Note",
        actor: amara_actor,
      };
      scene.incident = {
        ...scene.incident,
        timeline: [...scene.incident.timeline, { ...note, detail: String(body["text"]) }],
      };
      return {};
    }
    if (path.endsWith("/preview")) {
      const text = String(body["text"]).replaceAll("{first_failure}", "08:41");
      return { subject: body["subject"], text };
    }
    if (path.startsWith("/api/messages/") && !path.includes("/sign")) {
      scene.message = {
        ...scene.message,
        subject: String(body["subject"]),
        text: String(body["text"]),
        draft: scene.message.draft + 1,
      };
      return scene.message;
    }
    if (path.includes("/review/texts/")) return editText(scene, path, body);
    if (path.endsWith("/review/check") && scene.review.check !== null) {
      scene.review = {
        ...scene.review,
        check: { ...scene.review.check, demandedAt: new Date("2026-10-02T16:09:00+01:00").toISOString() },
        conditions: scene.review.conditions.map((condition) =>
          condition.id === "check" ? { ...condition, isMet: true, detail: null } : condition,
        ),
      };
      return {};
    }
    return undefined;
  }

  return {
    read,
    change,
    /** The message was signed by two meanwhile. */
    setSent: () => (scene.message = sent),
    /** A colleague saves the review before whoever has it open does. */
    setSomebodyElse: () => (scene.isSomebodyElse = true),
  };
}

/** Saves a part of the review; refused once where a colleague was quicker. */
function editText(scene: Scene, path: string, body: Record<string, unknown>): unknown {
  const part = path.split("/").at(-1);
  const put = (text: string) => {
    const { review: before } = scene;
    scene.review = {
      ...before,
      draft: before.draft + 1,
      editedBy: jonas,
      texts: before.texts.map((known) =>
        known.part === part ? { ...known, text, isDrafted: false } : known,
      ),
    };
  };
  if (scene.isSomebodyElse) {
    scene.isSomebodyElse = false;
    put("Written by Jonas meanwhile.");
  }
  if (body["draft"] !== scene.review.draft) {
    return { code: "review_changed", title: "Somebody has edited the review since.", status: 409 };
  }
  put(String(body["text"]));
  return {};
}
