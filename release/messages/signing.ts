import { ok } from "@mainstay/kernel";
import type { StaffMember } from "@mainstay/staff";
import type { AuthenticationResponse, Message, RequestOptions } from "@mainstay/wire";
import { audit, inTransaction, refuse } from "./context.ts";
import {
  findMessage,
  findOffer,
  insertOffer,
  insertSignature,
  lockMessage,
  updateMessage,
} from "./message-store.ts";
import { reachOf } from "./recipients.ts";
import type { MessagesTable } from "./tables.ts";
import type { Answer, Context, Refusal } from "./types.ts";
import { whyNotSend } from "./writing.ts";

/** What both sign: the message to the letter, and how many get it. */
function signedText(
  message: Pick<MessagesTable, "id" | "draft" | "channels" | "subject" | "text">,
  given: { readonly incident: string; readonly recipients: Message["recipients"] },
): string {
  const { incident, recipients } = given;
  return [
    "Mainstay message 1",
    `id: ${message.id}`,
    `incident: ${incident}`,
    `draft: ${message.draft}`,
    `to: ${recipients.now} people now, ${recipients.notBack} of them out still; ${recipients.later} later`,
    `by: ${message.channels.join(", ")}`,
    `subject: ${JSON.stringify(message.subject)}`,
    `text: ${JSON.stringify(message.text)}`,
  ].join("\n");
}

/** Why somebody can't sign a message now; null where they can. */
export function whyNotSign(
  message: Pick<MessagesTable, "state" | "first_id">,
  staffId: string,
): Extract<Refusal["code"], "message_signed" | "message_over" | "second_person_needed"> | null {
  if (message.state === "discarded") return "message_over";
  if (message.state === "sending" || message.state === "ended") return "message_signed";
  return message.state === "waiting" && message.first_id === staffId ? "second_person_needed" : null;
}

/** Options by which a passkey signs the message as it is now, and the very text that is signed. */
export async function signOptions(
  context: Context,
  staff: StaffMember,
  messageId: string,
): Answer<{ id: string; text: string; options: RequestOptions; expiresAt: Date }> {
  const message = await findMessage(context.db, messageId);
  if (message === undefined) return refuse("message_unknown");
  const why = whyNotSign(message, staff.id);
  if (why !== null) return refuse(why);
  const incident = await context.incidents.find(message.incident_id);
  if (incident === null) return refuse("incident_unknown");
  if (incident.mergedInto !== null) return refuse("incident_over");
  const affected = await context.incidents.affectedPeople(message.incident_id);
  const { recipients } = reachOf(message, { incident, affected });
  if (recipients.now + recipients.later === 0) return refuse("nobody_to_tell");
  // Who has become known since it was written may have times that stand in it.
  const wrong = await whyNotSend(context, message, affected.people);
  if (wrong !== null) return refuse(wrong.code, wrong.detail);
  const text = signedText(message, { incident: incident.number, recipients });
  const begun = await context.confirmations.begin(staff, text);
  const offer = {
    ceremony_id: begun.id,
    message_id: messageId,
    draft: message.draft,
    staff_id: staff.id,
    text,
    people: recipients.now,
    expires_at: begun.expiresAt,
  };
  await insertOffer(context.db, offer, context.clock.now());
  return ok({ ...begun, text });
}

/**
 * Takes a signature over what was shown: first of whoever sends it, then of somebody else; then it goes
 * out.
 */
export async function sign(
  context: Context,
  staff: StaffMember,
  given: {
    readonly messageId: string;
    readonly ceremonyId: string;
    readonly credential: AuthenticationResponse;
  },
): Answer<string> {
  const { messageId, ceremonyId, credential } = given;
  if ((await findMessage(context.db, messageId)) === undefined) return refuse("message_unknown");
  const offer = await findOffer(context.db, { ceremonyId, messageId, staffId: staff.id });
  if (offer === undefined) return refuse("ceremony_over");
  const { text, people } = offer;
  const confirmed = await context.confirmations.finish({ staff, id: ceremonyId, text, credential });
  if (!confirmed.ok) return refuse(confirmed.error);
  const signature = JSON.stringify(confirmed.value);
  return inTransaction(context, async (trx, now) => {
    const message = await lockMessage(trx, messageId);
    if (message === undefined) return refuse("message_unknown");
    const why = whyNotSign(message, staff.id);
    if (why !== null) return refuse(why);
    // An edit came between what was shown and what was signed.
    if (message.draft !== offer.draft) return refuse("message_changed");
    const isFirst = message.state === "draft";
    const { id: staff_id, name: staff_name } = staff;
    const { draft } = message;
    const place = isFirst ? 1 : 2;
    const kept = {
      message_id: messageId,
      draft,
      place,
      staff_id,
      staff_name,
      at: now,
      text,
      people,
      signature,
    };
    await insertSignature(trx, kept);
    await updateMessage(
      trx,
      messageId,
      isFirst
        ? { state: "waiting", first_id: staff.id, first_name: staff.name, first_signed_at: now }
        : { state: "sending", second_id: staff.id, second_name: staff.name, second_signed_at: now },
    );
    const by = { id: staff.id, name: staff.name };
    await context.incidents.recordIn(trx, message.incident_id, {
      kind: isFirst ? "message-signed" : "message-approved",
      title: isFirst ? `Message to ${people} waits for the second person` : `Message to ${people} approved`,
      detail: `“${message.subject}”, signed by ${staff.name}`,
      at: now,
      by,
      happening: `message-signed ${messageId} ${draft} ${place}`,
    });
    const action = isFirst ? "messages.signed-first" : "messages.signed-second";
    await audit(trx, { at: now, by: staff, action, subject: messageId, details: { draft, people } });
    return ok(messageId);
  });
}
