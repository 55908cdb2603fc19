import type { QueryExecutorProvider } from "kysely";
import type { Clock, Random, Result } from "@mainstay/kernel";
import type { AffectedPeople, IncidentRecord, Line } from "@mainstay/incidents";
import type { Database, Logger } from "@mainstay/platform";
import type { Confirmations } from "@mainstay/staff";
import type { DeliveryChanges, IncidentBanners, MessageDelivery, MessagesTaken } from "@mainstay/wire";
import type { MessagesProblem } from "./errors.ts";
import type { MessagesDb } from "./message-store.ts";

/** What messages ask of incidents. */
export type IncidentsPort = {
  readonly affectedPeople: (incidentId: string) => Promise<AffectedPeople>;
  readonly find: (incidentId: string) => Promise<IncidentRecord | null>;
  readonly listOpen: () => Promise<readonly IncidentRecord[]>;
  /** A line of the timeline, in the caller's transaction; a happening is written once. */
  readonly recordIn: (trx: QueryExecutorProvider, incidentId: string, line: Line) => Promise<void>;
  /** Calls back at every change, until the answer is called. */
  readonly listen: (hear: () => void) => () => void;
};

/** What messages ask of the bank. Everything throws where the bank is away. */
export type MessageBank = {
  /** Each id once, however often; null where the bank won't take the batch as it stands (4xx). */
  readonly deliverMessages: (
    deliveries: readonly MessageDelivery[],
  ) => Promise<MessagesTaken["taken"] | null>;
  readonly deliveryChanges: (after: number) => Promise<DeliveryChanges["changes"]>;
  /** How many of these customers a text names; who isn't a customer of the bank is passed over. */
  readonly namesInText: (customers: readonly string[], text: string) => Promise<number>;
  readonly putBanners: (banners: IncidentBanners["banners"]) => Promise<void>;
};

/** What the service of messages is made of. */
export type MessagesDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly incidents: IncidentsPort;
  readonly bank: MessageBank;
  readonly confirmations: Confirmations;
};
export type Context = MessagesDeps & { readonly db: MessagesDb };

/** A refusal, and what to do about it where the code alone doesn't say. */
export type Refusal = { readonly code: MessagesProblem; readonly detail?: string };
/** What a command answers. */
export type Answer<T> = Promise<Result<T, Refusal>>;

/** What of a message people write. */
export type Words = { readonly subject: string; readonly text: string };
