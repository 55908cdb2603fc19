import type { Kysely, Transaction as KyselyTransaction } from "kysely";
import type { Clock, Random } from "@mainstay/kernel";
import type { Mailer, MailProvider } from "@mainstay/mail";
import type { Database, Logger } from "@mainstay/platform";
import type { PushService } from "./push-service.ts";
import type { Addressee, InboxCustomer } from "./types.ts";

/** Where a statement runs: in a transaction, or by itself. */
export type Sql = Kysely<unknown>;
/** A transaction under way. */
export type Transaction = KyselyTransaction<unknown>;

/** What this module asks of identity. */
export type CustomerPort = {
  /** The customers of these references, in no order; unknown ones are left out. */
  readonly byRefs: (refs: readonly string[]) => Promise<readonly InboxCustomer[]>;
  /** Who opened or tried to open an account on an installation last; null where nobody is known to have. */
  readonly registrantOn: (installation: string) => Promise<Addressee | null>;
};

/** What this module works with. */
export type InboxDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly mailer: Mailer;
  /** Whoever runs the mail server; null where there is nobody to ask. */
  readonly mailProvider: MailProvider | null;
  readonly pushService: PushService;
  readonly customers: CustomerPort;
  /** A customer's inbox or banners have changed: whoever has the app open is told at once. */
  readonly onNews: (personId: string) => void;
};
