import { newId } from "@mainstay/kernel";
import type { Review } from "@mainstay/wire";
import type { Replay } from "../scene.ts";

/** How many days after the incident the replay's action is due. */
const due_days = 14;
const day_ms = 86_400_000;

/** The journey that the replay's mistake turns red: every later version must pass it from now on. */
export const demanded_journey = "log-in-old-passkey-returning";

/** Whether a document is a PDF with at least a page and its end. */
export function isPdf(document: Buffer): boolean {
  const text = document.toString("latin1");
  return text.startsWith("%PDF-1.") && /\/Type \/Page\b/.test(text) && text.trimEnd().endsWith("%%EOF");
}

const texts: readonly (readonly [part: string, text: string])[] = [
  ["cause", "The version had passkeys sign the bare challenge, as login/1 has it, and declared login/2."],
  ["trigger", "Two people overrode a red check, so that 1 % of installations got it."],
  ["detection", "The guard saw it in the log-ins of the first stage, and needed nobody."],
  ["went-well", "The guard took the version back by itself."],
  ["went-badly", "A red check could be overridden."],
  ["lucky", "It was found within the first log-ins of the first stage."],
];

/** Writes the review as two people would and closes it; answers where its PDF lies, if it is one. */
export async function closeReview(
  { staff, clock, random, tell }: Replay,
  incident: string,
  keep: (name: string, document: string | Buffer) => string,
): Promise<{ readonly isClosed: boolean; readonly pdf: string; readonly isPdf: boolean }> {
  const [first, second] = staff;
  const path = `/api/incidents/${incident}/review`;
  const commandId = first.commandId;
  for (const [part, text] of texts) {
    const { draft } = await first.ask<Review>("GET", path);
    await first.ask("PUT", `${path}/texts/${part}`, { commandId: commandId(), draft, text });
  }
  const due = new Date(clock.now().getTime() + due_days * day_ms).toISOString().slice(0, 10);
  const action = newId("act", { clock, random });
  await first.ask("PUT", `${path}/actions/${action}`, {
    commandId: commandId(),
    what: "Every later version must log in with a passkey that an older one made",
    owner: first.id,
    due,
    state: "done",
    note: "Demanded of the catalog with this review",
  });
  await first.ask("POST", `/api/incidents/${incident}/classify`, {
    commandId: commandId(),
    as: "not-major",
    reason: "A handful of customers, for seconds",
  });
  await first.ask("POST", `${path}/reader`, { commandId: commandId(), staff: second.id });
  await second.ask("POST", `${path}/read`, { commandId: second.commandId() });
  await first.ask("POST", `${path}/check`, { commandId: commandId(), journey: demanded_journey });
  const closed = await first.ask<Review>("POST", `${path}/close`, { commandId: commandId() });
  tell(`the review is closed; ${demanded_journey} is demanded of every later version`);
  const document = await first.download(`${path}.pdf`);
  keep("review.md", await first.download(`${path}.md`));
  return { isClosed: closed.closedAt !== null, pdf: keep("review.pdf", document), isPdf: isPdf(document) };
}
