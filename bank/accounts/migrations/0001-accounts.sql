-- Current accounts and their feed. Balances are the ledger's alone: nothing here holds one that could differ
-- from it, except the balance after each booked movement, which never changes again.

CREATE SCHEMA accounts;

CREATE TABLE accounts.accounts (
  id TEXT COLLATE "C" PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL,
  holder_name TEXT NOT NULL,
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  sort_code TEXT COLLATE "C" NOT NULL CHECK (sort_code ~ '^\d{6}$'),
  account_number TEXT COLLATE "C" NOT NULL CHECK (account_number ~ '^\d{8}$'),
  iban TEXT COLLATE "C" NOT NULL,
  -- 'opening' until the ledger holds its account; the recoverer opens whatever it finds so.
  state TEXT NOT NULL CHECK (state IN ('opening', 'open')),
  opened_at TIMESTAMPTZ NOT NULL,
  -- Keeps numbers unique; finds the account that a payment names.
  UNIQUE (sort_code, account_number)
);
-- One current account a person; also serves the list of a person's accounts.
CREATE UNIQUE INDEX accounts_by_person ON accounts.accounts (person_id);
-- Serves the recoverer.
CREATE INDEX accounts_opening ON accounts.accounts (id) WHERE state = 'opening';

-- The feed: one row for each movement on a customer's account, made from the ledger's change feed. A row's id
-- follows from the account and what moved, so that the same news twice is the same row.
CREATE TABLE accounts.transactions (
  amount BIGINT NOT NULL CHECK (amount <> 0),
  balance_after BIGINT,
  created_at TIMESTAMPTZ NOT NULL,
  booked_at TIMESTAMPTZ,
  leaves_at TIMESTAMPTZ,
  value_date DATE,
  id TEXT COLLATE "C" PRIMARY KEY,
  account_id TEXT COLLATE "C" NOT NULL,
  currency TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('leaving', 'settled', 'undone', 'failed')),
  kind TEXT NOT NULL,
  counterparty_name TEXT NOT NULL,
  counterparty_sort_code TEXT,
  counterparty_account_number TEXT,
  reference TEXT NOT NULL,
  category TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  payment_id TEXT COLLATE "C"
) WITH (fillfactor = 80);
-- Serves the pages of the feed, newest first, and the search through one account's rows.
CREATE INDEX transactions_by_account ON accounts.transactions (account_id, created_at);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT USAGE ON SCHEMA accounts TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE ON accounts.accounts, accounts.transactions TO mainstay_bank;
  END IF;
END $$;
