import { ok } from "@mainstay/kernel";
import type { Message, MessageDeliveries, Messages } from "@mainstay/wire";
import { refuse } from "./context.ts";
import { countChannels, selectChannels, selectDeliveries } from "./delivery-store.ts";
import { countWaiting, findMessage, selectMessages } from "./message-store.ts";
import { reachOf, type Reach } from "./recipients.ts";
import { whyNotSign } from "./signing.ts";
import type { MessagesTable } from "./tables.ts";
import type { Answer, Context } from "./types.ts";

/** Whoever looks, and whether they may sign at all. */
export type Viewer = { readonly id: string; readonly mayAct: boolean };

/** How many deliveries a page holds. */
const deliveries_page_max = 200;

type Counts = Awaited<ReturnType<typeof countChannels>>;

function whyNotInWords(row: MessagesTable, viewer: Viewer): string | null {
  if (!viewer.mayAct) return "It takes the role release-manager.";
  switch (whyNotSign(row, viewer.id)) {
    case null:
      return null;
    case "message_over":
      return "It was discarded.";
    case "message_signed":
      return "Both have signed.";
    case "second_person_needed":
      return "Someone else must be the second person.";
  }
}

function signatureOf(id: string | null, name: string | null, at: Date | null): Message["first"] {
  return id === null || at === null ? null : { id, name: name ?? "", signedAt: at.toISOString() };
}

/** A message as the wire writes it, for whoever looks. */
function messageToJson(
  row: MessagesTable,
  known: {
    readonly reach: Pick<Reach, "unfilled" | "recipients">;
    readonly counts: Counts;
    readonly viewer: Viewer;
  },
): Message {
  const { reach, counts, viewer } = known;
  const whyNot = whyNotInWords(row, viewer);
  return {
    id: row.id,
    incident: row.incident_id,
    state: row.state,
    subject: row.subject,
    text: row.text,
    channels: row.channels,
    draft: row.draft,
    createdAt: row.created_at.toISOString(),
    editedBy: row.edited_by_id === null ? null : { id: row.edited_by_id, name: row.edited_by_name ?? "" },
    recipients: reach.recipients,
    first: signatureOf(row.first_id, row.first_name, row.first_signed_at),
    second: signatureOf(row.second_id, row.second_name, row.second_signed_at),
    sentAt: row.sent_at?.toISOString() ?? null,
    deliveries: counts
      .filter(({ message_id }) => message_id === row.id)
      .map(({ channel, state, count }) => ({ channel, state, count })),
    canSign: whyNot === null,
    whyNot,
    unfilled: [...reach.unfilled],
  };
}

const nobody: Pick<Reach, "unfilled" | "recipients"> = {
  unfilled: [],
  recipients: { now: 0, notBack: 0, later: 0 },
};

/** Whom each message reaches; an incident's list is read once for all of its messages. */
async function reachesOf(
  { incidents }: Context,
  rows: readonly MessagesTable[],
): Promise<(row: MessagesTable) => Pick<Reach, "unfilled" | "recipients">> {
  const live = rows.filter(({ state }) => state !== "discarded");
  const ids = [...new Set(live.map(({ incident_id }) => incident_id))];
  const known = new Map(
    await Promise.all(
      ids.map(
        async (id) => [id, await Promise.all([incidents.find(id), incidents.affectedPeople(id)])] as const,
      ),
    ),
  );
  return (row) => {
    const [incident = null, affected] = known.get(row.incident_id) ?? [];
    if (row.state === "discarded" || incident === null || affected === undefined) return nobody;
    return reachOf(row, { incident, affected });
  };
}

/** One message. */
export async function readMessage(context: Context, id: string, viewer: Viewer): Answer<Message> {
  const row = await findMessage(context.db, id);
  if (row === undefined) return refuse("message_unknown");
  const reach = (await reachesOf(context, [row]))(row);
  const counts = await countChannels(context.db, [id]);
  return ok(messageToJson(row, { reach, counts, viewer }));
}

/** Messages, newest first: of one incident, or with null of all. */
export async function readMessages(
  context: Context,
  incidentId: string | null,
  viewer: Viewer,
): Promise<Messages> {
  const rows = await selectMessages(context.db, incidentId);
  const reachOfRow = await reachesOf(context, rows);
  const ids = rows.map(({ id }) => id);
  const counts = await countChannels(context.db, ids);
  return {
    messages: rows.map((row) => messageToJson(row, { reach: reachOfRow(row), counts, viewer })),
    waiting: await countWaiting(context.db),
  };
}

/** A page of a message's deliveries; `after` is the `next` of the page before, empty for the first. */
export async function readDeliveries(
  context: Context,
  asked: { readonly messageId: string; readonly after: string },
): Answer<MessageDeliveries> {
  const { db } = context;
  const message = await findMessage(db, asked.messageId);
  if (message === undefined) return refuse("message_unknown");
  const rows = await selectDeliveries(db, { ...asked, limit: deliveries_page_max });
  const channels = await selectChannels(
    db,
    rows.map(({ id }) => id),
  );
  const fallback = { waiting: "waiting", handed: "waiting", unknown: "none", refused: "failed" } as const;
  return ok({
    deliveries: rows.map((row) => ({
      id: row.id,
      customer: row.customer,
      queuedAt: row.queued_at.toISOString(),
      channels: message.channels.map((channel) => {
        const known = channels.find((one) => one.delivery_id === row.id && one.channel === channel);
        return {
          channel,
          state: known?.state ?? fallback[row.state],
          at: known?.at.toISOString() ?? row.settled_at?.toISOString() ?? null,
          problem: known?.problem ?? null,
        };
      }),
    })),
    next: rows.length < deliveries_page_max ? null : (rows.at(-1)?.id ?? null),
  });
}
