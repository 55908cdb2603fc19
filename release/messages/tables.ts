import type { ChannelState, Message, MessageChannel } from "@mainstay/wire";

/** A message, as the table has it. */
export type MessagesTable = {
  id: string;
  incident_id: string;
  state: Message["state"];
  subject: string;
  text: string;
  channels: MessageChannel[];
  draft: number;
  created_at: Date;
  created_by_id: string;
  created_by_name: string;
  edited_by_id: string | null;
  edited_by_name: string | null;
  first_id: string | null;
  first_name: string | null;
  first_signed_at: Date | null;
  second_id: string | null;
  second_name: string | null;
  second_signed_at: Date | null;
  sent_at: Date | null;
  ended_at: Date | null;
  discarded_reason: string | null;
};
type OffersTable = {
  ceremony_id: string;
  message_id: string;
  draft: number;
  staff_id: string;
  text: string;
  people: number;
  expires_at: Date;
};
type SignaturesTable = {
  message_id: string;
  draft: number;
  place: number;
  staff_id: string;
  staff_name: string;
  at: Date;
  text: string;
  people: number;
  signature: string;
};
type CommandsTable = { id: string; asked: Buffer; message_id: string; at: Date };
/** A delivery, as the table has it. */
export type DeliveriesTable = {
  id: string;
  message_id: string;
  customer: string;
  subject: string;
  text: string;
  is_urgent: boolean;
  queued_at: Date;
  state: "waiting" | "handed" | "unknown" | "refused";
  attempts: number;
  next_at: Date;
  begun_at: Date | null;
  settled_at: Date | null;
};
type ChannelsTable = {
  delivery_id: string;
  channel: MessageChannel;
  state: ChannelState;
  at: Date;
  problem: string | null;
  number: bigint;
};
type ProgressTable = { one: boolean; changes_read: bigint; handed_at: Date };

/** The messages schema, for Kysely. */
export type MessageTables = {
  "messages.messages": MessagesTable;
  "messages.offers": OffersTable;
  "messages.signatures": SignaturesTable;
  "messages.commands": CommandsTable;
  "messages.deliveries": DeliveriesTable;
  "messages.channels": ChannelsTable;
  "messages.progress": ProgressTable;
};
