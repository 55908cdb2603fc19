-- One book: accounts, and immutable transfers between two of them. Nothing here refers to anything outside
-- this schema, and nothing outside refers to it, so that a book can be moved whole. No sequences: two nodes
-- of a cluster would give out the same number. Texts that are keys are COLLATE "C": compared byte by byte,
-- everywhere the same.

CREATE SCHEMA ledger;

-- The book itself, one row.
CREATE TABLE ledger.book (
  id TEXT COLLATE "C" PRIMARY KEY,
  -- Raised whenever the book is moved or restored: transaction ids of another server can't be compared with
  -- ours.
  epoch INTEGER NOT NULL DEFAULT 1 CHECK (epoch > 0),
  -- Business dates, and so value dates, are dates in this zone.
  time_zone TEXT NOT NULL
);
-- There can only ever be one row.
CREATE UNIQUE INDEX book_is_one ON ledger.book ((TRUE));

INSERT INTO ledger.book (id, time_zone)
VALUES ('gb1', 'Europe/London');

-- Kinds of transfer that the bank must book even when an account's floor is passed by it.
CREATE TABLE ledger.obligatory_kinds (
  kind TEXT COLLATE "C" PRIMARY KEY,
  reason TEXT NOT NULL
);

INSERT INTO ledger.obligatory_kinds (kind, reason)
VALUES
  ('card-clearing', 'The card scheme has settled it already.'),
  ('chargeback', 'The card scheme has taken the money back already.'),
  ('correction', 'The books must say what is so; two people of the bank''s staff approve each.');

-- Balances. Credit is positive: what the bank owes is >= 0, what it owns is <= 0. Only ledger.post changes
-- them. The rows are updated all the time and no indexed column ever changes, so room is left for the new
-- versions on the same page (heap-only tuples): an update then touches no index. Nearly each visit clears the
-- page of old versions, which is cheaper the fewer rows it holds.
CREATE TABLE ledger.accounts (
  posted BIGINT NOT NULL DEFAULT 0,
  held BIGINT NOT NULL DEFAULT 0 CHECK (held >= 0),
  -- The bounds of posted - held and of posted; where the caller gave none, those that keep sums within 64
  -- bits.
  floor BIGINT NOT NULL,
  ceiling BIGINT NOT NULL,
  -- The number of the last entry; entries are numbered 1, 2, 3 ... without gaps.
  entry_count BIGINT NOT NULL DEFAULT 0,
  -- The last booking: the next one is never before it.
  booked_at TIMESTAMPTZ NOT NULL,
  -- The last booking's place in the change feed: the next one is never before it.
  feed_xid XID8 NOT NULL DEFAULT '0',
  opened_at TIMESTAMPTZ NOT NULL,
  closed_at TIMESTAMPTZ,
  currency TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT COLLATE "C" PRIMARY KEY,
  CHECK (floor <= ceiling),
  CHECK (closed_at IS NULL OR (posted = 0 AND held = 0))
) WITH (fillfactor = 40);
-- Serves the lock of a batch's accounts: one page of the index for each account, where the primary key takes
-- three.
CREATE INDEX accounts_by_id ON ledger.accounts USING hash (id);

-- What happened. INSERT only.
CREATE TABLE ledger.transfers (
  amount BIGINT NOT NULL CHECK (amount > 0),
  booked_at TIMESTAMPTZ NOT NULL,
  -- The place in the change feed (see ledger.read_feed).
  feed_xid XID8 NOT NULL,
  -- Number and balance after of the two entries; NULL for holds and releases, which make none.
  debit_number BIGINT,
  debit_balance BIGINT,
  credit_number BIGINT,
  credit_balance BIGINT,
  feed_epoch INTEGER NOT NULL,
  -- Only where it isn't the business date of the booking.
  value_date DATE,
  -- The caller named no amount: all that was left of the hold, or of what is reversed.
  whole BOOLEAN NOT NULL,
  -- An obligatory kind that passed the debit account's floor.
  passed_floor BOOLEAN NOT NULL,
  id TEXT COLLATE "C" PRIMARY KEY,
  debit_account TEXT COLLATE "C" NOT NULL,
  credit_account TEXT COLLATE "C" NOT NULL CHECK (credit_account <> debit_account),
  currency TEXT NOT NULL,
  -- 'transfer', 'hold', 'capture', 'release' or 'reversal'.
  type TEXT NOT NULL,
  kind TEXT NOT NULL,
  -- The hold that this captures or releases, or the transfer that this reverses.
  target_id TEXT COLLATE "C",
  -- The first id of the linked group, for each of its members.
  linked_with TEXT COLLATE "C",
  expires_at TIMESTAMPTZ,
  details JSONB
);
-- Serves the change feed. Equal ids of a batch share one entry of the index, so it is small and grows at its
-- end only.
CREATE INDEX transfers_feed ON ledger.transfers (feed_epoch, feed_xid);
-- Serves the sum of the reversals of a transfer and the captures of a hold.
CREATE INDEX transfers_targets ON ledger.transfers (target_id) WHERE target_id IS NOT NULL;

-- Per account, what happened to it. INSERT only.
CREATE TABLE ledger.entries (
  number BIGINT NOT NULL,
  -- Signed: positive for a credit.
  amount BIGINT NOT NULL CHECK (amount <> 0),
  balance BIGINT NOT NULL,
  booked_at TIMESTAMPTZ NOT NULL,
  -- Only where it isn't the business date of the booking.
  value_date DATE,
  account TEXT COLLATE "C" NOT NULL,
  transfer_id TEXT COLLATE "C" NOT NULL,
  -- Serves statement pages, and keeps numbers unique.
  PRIMARY KEY (account, number)
);
-- Serves the balance at a past time by value date: the few entries whose value date isn't their booking's.
CREATE INDEX entries_value_dates ON ledger.entries (account, value_date) WHERE value_date IS NOT NULL;

-- Transfers that were refused for the state of the book. Final: the id is used up. INSERT only.
CREATE TABLE ledger.refusals (
  refused_at TIMESTAMPTZ NOT NULL,
  amount BIGINT,
  whole BOOLEAN NOT NULL,
  id TEXT COLLATE "C" PRIMARY KEY,
  code TEXT NOT NULL,
  debit_account TEXT COLLATE "C",
  credit_account TEXT COLLATE "C",
  currency TEXT,
  type TEXT NOT NULL,
  kind TEXT NOT NULL,
  target_id TEXT COLLATE "C",
  linked_with TEXT COLLATE "C",
  details JSONB
);

-- Holds of which something is left. One that is used up or released leaves: transfers keep its story.
CREATE TABLE ledger.holds (
  remaining BIGINT NOT NULL CHECK (remaining > 0),
  expires_at TIMESTAMPTZ,
  id TEXT COLLATE "C" PRIMARY KEY,
  debit_account TEXT COLLATE "C" NOT NULL,
  credit_account TEXT COLLATE "C" NOT NULL
);
-- Serves the list of an account's open holds, and the checker.
CREATE INDEX holds_by_account ON ledger.holds (debit_account, id);
-- Serves the job that releases what has expired.
CREATE INDEX holds_by_expiry ON ledger.holds (expires_at) WHERE expires_at IS NOT NULL;

-- How far each consumer of the change feed has come.
CREATE TABLE ledger.feed_cursors (
  consumer TEXT COLLATE "C" PRIMARY KEY,
  book TEXT COLLATE "C" NOT NULL,
  epoch INTEGER NOT NULL,
  xid XID8 NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  moved_at TIMESTAMPTZ NOT NULL
);
