import { newId, ok } from "@mainstay/kernel";
import type { AffectedPerson } from "@mainstay/incidents";
import type { StaffMember } from "@mainstay/staff";
import { message_channels, type MessageChannel } from "@mainstay/wire";
import { audit, carryOut, inTransaction, refuse } from "./context.ts";
import { findCustomerData, tidyText } from "./leaks.ts";
import { messages_per_incident_max, subject_length_max, text_length_max } from "./limits.ts";
import { countMessages, findMessage, insertMessage, lockMessage, updateMessage } from "./message-store.ts";
import { fillIn, longestLength, unknownPlaceholders } from "./placeholders.ts";
import { draftOf } from "./template.ts";
import type { Answer, Context, Refusal, Words } from "./types.ts";

/** Why words can't be sent to many; null where a machine finds nothing against it. */
export function whyNotWords(words: Words, people: readonly AffectedPerson[]): Refusal | null {
  const unknown = unknownPlaceholders(words);
  if (unknown.length > 0) {
    return { code: "placeholder_unknown", detail: `Nobody can fill in ${unknown.join(", ")}.` };
  }
  const customerData = findCustomerData(words, people);
  if (customerData.length > 0) return { code: "customer_data", detail: customerData.join(" ") };
  const { subject, text } = words;
  if (longestLength(subject) > subject_length_max) {
    return { code: "text_too_long", detail: `The subject may have ${subject_length_max} characters.` };
  }
  if (longestLength(text) > text_length_max) {
    return { code: "text_too_long", detail: `The text may have ${text_length_max} characters.` };
  }
  return null;
}

/**
 * Why words can't be sent to many, the bank asked for names as well. A bank that is away names nobody: the
 * other rules stand, and it is asked again before each signature.
 */
export async function whyNotSend(
  { bank, log }: Context,
  words: Words,
  people: readonly AffectedPerson[],
): Promise<Refusal | null> {
  const why = whyNotWords(words, people);
  if (why !== null) return why;
  const customers = people.filter(({ isRegistration }) => !isRegistration).map(({ customer }) => customer);
  try {
    const named = await bank.namesInText(customers, `${words.subject}\n${words.text}`);
    if (named === 0) return null;
    const whom = named === 1 ? "one affected customer" : `${named} affected customers`;
    return { code: "customer_data", detail: `It names ${whom}. Take the name out, or write {first_name}.` };
  } catch (error) {
    log.warn({ error }, "the bank couldn't say whether a message names a customer");
    return null;
  }
}

/** Drafts a message from the incident's record, by the template. */
export async function draft(
  context: Context,
  by: StaffMember,
  given: { readonly commandId: string; readonly incidentId: string },
): Answer<string> {
  const { commandId, incidentId } = given;
  const incident = await context.incidents.find(incidentId);
  if (incident === null) return refuse("incident_unknown");
  return carryOut(context, { id: commandId, asked: ["draft", by.id, incidentId] }, async (trx, now) => {
    if (incident.mergedInto !== null) return refuse("incident_over");
    if ((await countMessages(trx, incidentId)) >= messages_per_incident_max)
      return refuse("too_many_messages");
    const message = await insertMessage(trx, {
      id: newId("msg", context),
      incident_id: incidentId,
      ...draftOf(incident),
      channels: [...message_channels],
      created_at: now,
      created_by_id: by.id,
      created_by_name: by.name,
    });
    await context.incidents.recordIn(trx, incidentId, {
      kind: "message-drafted",
      title: "Message to those affected drafted",
      detail: "waits for two signatures",
      at: now,
      by: { id: by.id, name: by.name },
      happening: `message-drafted ${message.id}`,
    });
    const details = { incident: incidentId };
    await audit(trx, { at: now, by, action: "messages.drafted", subject: message.id, details });
    return ok(message.id);
  });
}

/**
 * Changes a message. Where the first person has signed already, their signature falls: it was for other
 * words.
 */
export async function edit(
  context: Context,
  by: StaffMember,
  given: Words & {
    readonly messageId: string;
    readonly commandId: string;
    readonly draft: number;
    readonly channels: readonly MessageChannel[];
  },
): Answer<string> {
  const { messageId, commandId, channels } = given;
  const words = { subject: tidyText(given.subject).replaceAll("\n", " "), text: tidyText(given.text) };
  const found = await findMessage(context.db, messageId);
  if (found === undefined) return refuse("message_unknown");
  const { people } = await context.incidents.affectedPeople(found.incident_id);
  const why = await whyNotSend(context, words, people);
  const asked = ["edit", by.id, messageId, given.draft, words, channels];
  return carryOut(context, { id: commandId, asked }, async (trx, now) => {
    const message = await lockMessage(trx, messageId);
    if (message === undefined) return refuse("message_unknown");
    if (message.state === "discarded") return refuse("message_over");
    if (message.state === "sending" || message.state === "ended") return refuse("message_signed");
    if (message.draft !== given.draft) {
      return refuse(
        "message_changed",
        `${message.edited_by_name ?? "Somebody"} changed it; it is draft ${message.draft} now.`,
      );
    }
    if (why !== null) return refuse(why.code, why.detail);
    await updateMessage(trx, messageId, {
      ...words,
      channels: [...channels],
      draft: message.draft + 1,
      state: "draft",
      edited_by_id: by.id,
      edited_by_name: by.name,
      first_id: null,
      first_name: null,
      first_signed_at: null,
    });
    const details = { draft: message.draft + 1, ...words, channels, droppedSignature: message.first_name };
    await audit(trx, { at: now, by, action: "messages.edited", subject: messageId, details });
    return ok(messageId);
  });
}

/** Discards a draft, or declines a message that waits for the second person; again changes nothing. */
export async function decline(
  context: Context,
  by: StaffMember,
  given: { readonly messageId: string; readonly reason: string | null },
): Answer<string> {
  const { messageId, reason } = given;
  return inTransaction(context, async (trx, now) => {
    const message = await lockMessage(trx, messageId);
    if (message === undefined) return refuse("message_unknown");
    if (message.state === "discarded") return ok(messageId);
    if (message.state === "sending" || message.state === "ended") return refuse("message_signed");
    await updateMessage(trx, messageId, { state: "discarded", ended_at: now, discarded_reason: reason });
    const wasSigned = message.state === "waiting";
    await context.incidents.recordIn(trx, message.incident_id, {
      kind: "message-discarded",
      title: wasSigned ? "Message to those affected declined" : "Draft of a message discarded",
      detail: reason,
      at: now,
      by: { id: by.id, name: by.name },
      happening: `message-discarded ${messageId}`,
    });
    const details = { reason, wasSigned };
    await audit(trx, { at: now, by, action: "messages.declined", subject: messageId, details });
    return ok(messageId);
  });
}

/** A message, or words that aren't kept yet, as one affected customer would read them. */
export async function preview(
  context: Context,
  given: { readonly messageId: string; readonly customer: string } & Partial<Words>,
): Answer<Words> {
  const message = await context.db
    .selectFrom("messages.messages")
    .select(["incident_id", "subject", "text"])
    .where("id", "=", given.messageId)
    .executeTakeFirst();
  if (message === undefined) return refuse("message_unknown");
  const incident = await context.incidents.find(message.incident_id);
  if (incident === null) return refuse("incident_unknown");
  const { people } = await context.incidents.affectedPeople(message.incident_id);
  const person = people.find(({ customer }) => customer === given.customer);
  if (person === undefined) return refuse("customer_unknown");
  const words = {
    subject: tidyText(given.subject ?? message.subject),
    text: tidyText(given.text ?? message.text),
  };
  const unknown = unknownPlaceholders(words);
  if (unknown.length > 0) return refuse("placeholder_unknown", `Nobody can fill in ${unknown.join(", ")}.`);
  const reader = { person, incident };
  return ok({ subject: fillIn(words.subject, reader), text: fillIn(words.text, reader) });
}
