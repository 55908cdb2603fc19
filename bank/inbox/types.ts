import type { Id } from "@mainstay/kernel";
import type { ThreadEntry, ThreadSummary } from "@mainstay/wire";

/** A customer, as this module sees them. */
export type InboxCustomer = {
  readonly personId: Id<"person">;
  /** What release control calls them by. */
  readonly ref: string;
  readonly firstName: string;
  /** Null where nobody is to be written to: a customer of the demo. */
  readonly email: string | null;
};

/** Somebody whom a message can be for: a customer, or who isn't one yet. */
export type Addressee = Pick<InboxCustomer, "firstName" | "email"> & {
  readonly personId: Id<"person"> | null;
};

/** A thread as it is stored. */
export type StoredThread = {
  readonly personId: Id<"person">;
  readonly id: string;
  readonly subject: string;
  readonly incident: string | null;
  readonly preview: string;
  readonly isUnread: boolean;
  readonly waitsFor: ThreadSummary["waitsFor"];
  readonly waitsSince: Date | null;
  readonly entries: number;
  readonly updatedAt: Date;
};

/** An entry as it is stored. */
export type StoredEntry = {
  readonly id: string;
  readonly author: ThreadEntry["from"];
  readonly staffName: string | null;
  readonly at: Date;
  readonly text: string;
};

/** An entry that is added. */
export type NewEntry = StoredEntry & { readonly staffId: string | null };

/** A member of staff, by control's signed word. */
export type StaffAuthor = { readonly id: string; readonly name: string };

/** Where a browser takes pushes (Push API), and the keys that they are encrypted for (RFC 8291). */
export type PushTarget = { readonly endpoint: string; readonly p256dh: string; readonly auth: string };
