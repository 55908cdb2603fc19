export { account_kinds, type AccountKind } from "./account-kinds.ts";
export {
  checkLedger,
  createBackgroundChecker,
  renderReport,
  type BackgroundChecker,
  type CheckLine,
  type CheckReport,
  type ExternalStatement,
} from "./checker.ts";
export { ledger_errors, type AccountCode, type LedgerCode, type RefusalCode } from "./errors.ts";
export { releaseExpiredHolds } from "./expiry.ts";
export {
  createFeedConsumer,
  type FeedConsumer,
  type FeedConsumerOptions,
  type FeedEntry,
  type FeedPage,
} from "./feed.ts";
export { accountId, book_id, derivedId, isAccountId, isTransferId } from "./ids.ts";
export { createLedger, type EntriesPage, type Ledger } from "./ledger.ts";
export { ledgerMigrations } from "./migrations.ts";
export { createOverview, type CurrencyBalance, type Overview } from "./overview.ts";
export { details_bytes_max, linked_max } from "./rules.ts";
export { page_max } from "./store.ts";
export type * from "./types.ts";
