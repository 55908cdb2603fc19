-- Payments that customers order, the payees that they have paid, and what comes and goes over the domestic
-- scheme. Money itself is the ledger's: what stands here are intents, what was shown and approved, and what
-- came of it.

CREATE SCHEMA payments;

CREATE TABLE payments.payments (
  amount BIGINT NOT NULL CHECK (amount > 0),
  created_at TIMESTAMPTZ NOT NULL,
  -- When the approval that was asked for is no longer accepted.
  approve_until TIMESTAMPTZ NOT NULL,
  -- When the undo window ends; from the moment of approval on.
  leaves_at TIMESTAMPTZ,
  sent_at TIMESTAMPTZ,
  new_payee BOOLEAN NOT NULL,
  id TEXT COLLATE "C" PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  payee_account_id TEXT COLLATE "C" NOT NULL,
  currency TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (
    state IN ('awaiting_approval', 'posting', 'leaving', 'sending', 'sent',
              'undoing', 'undone', 'expired', 'refused', 'failed')
  ),
  -- Why it was refused or failed: a code of the error table.
  reason TEXT,
  -- The one who pays, as the payee will read it.
  payer_name TEXT NOT NULL,
  payer_account_number TEXT NOT NULL,
  -- What the customer was shown, and so what is signed.
  payee_name TEXT NOT NULL,
  payee_sort_code TEXT NOT NULL,
  payee_account_number TEXT NOT NULL,
  bank_name TEXT NOT NULL,
  reference TEXT NOT NULL,
  check_result TEXT NOT NULL,
  check_name TEXT,
  check_code TEXT,
  nonce TEXT NOT NULL,
  -- SHA-256 of what was ordered: the same id again must order the same.
  ordered_sha256 TEXT NOT NULL
) WITH (fillfactor = 70);
-- Serves what carries payments on: those whose window has ended, and those that a crash has left behind.
-- Small: a payment leaves it when it is final.
CREATE INDEX payments_in_flight ON payments.payments (state, leaves_at)
  WHERE state IN ('posting', 'leaving', 'sending', 'undoing');
-- Serves the job that lets unanswered approvals expire.
CREATE INDEX payments_unapproved ON payments.payments (approve_until) WHERE state = 'awaiting_approval';

-- The approvals that were accepted, with all that is needed to verify each of them offline. INSERT only.
CREATE TABLE payments.approvals (
  payment_id TEXT COLLATE "C" PRIMARY KEY,
  evidence JSON NOT NULL
);

-- Whom a person has paid: saved by paying them.
CREATE TABLE payments.payees (
  last_paid_at TIMESTAMPTZ NOT NULL,
  id TEXT COLLATE "C" PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL,
  sort_code TEXT COLLATE "C" NOT NULL,
  account_number TEXT COLLATE "C" NOT NULL,
  name TEXT NOT NULL,
  bank_name TEXT NOT NULL,
  -- One row for each account that a person pays; also serves the list of a person's payees.
  UNIQUE (person_id, sort_code, account_number)
) WITH (fillfactor = 80);

-- Messages of the scheme, byte for byte as they came and went. INSERT only.
CREATE TABLE payments.scheme_messages (
  at TIMESTAMPTZ NOT NULL,
  id TEXT COLLATE "C" PRIMARY KEY,
  direction TEXT NOT NULL CHECK (direction IN ('in', 'out')),
  -- The message's name, or NULL where it could not be read.
  name TEXT,
  -- Who sent it, and under which id; NULL where it could not be read.
  sender_bic TEXT COLLATE "C",
  message_id TEXT COLLATE "C",
  -- For an answer: the id of the row that it answers.
  answers TEXT COLLATE "C",
  sha256 TEXT NOT NULL,
  -- Why it could not be read.
  problem TEXT,
  content BYTEA NOT NULL
);
-- A sender's message id names one message; finds the first one when it comes again.
CREATE UNIQUE INDEX scheme_messages_by_sender ON payments.scheme_messages (sender_bic, message_id)
  WHERE direction = 'in' AND message_id IS NOT NULL;
-- One answer to each message; finds it.
CREATE UNIQUE INDEX scheme_messages_by_answered
    ON payments.scheme_messages (answers)
 WHERE answers IS NOT NULL;

-- Credit transfers that came in and keep the rules.
CREATE TABLE payments.incoming (
  amount BIGINT NOT NULL CHECK (amount > 0),
  received_at TIMESTAMPTZ NOT NULL,
  -- Kept unchanged from start to end by every bank on the way: names the transfer.
  uetr TEXT COLLATE "C" PRIMARY KEY,
  -- The row of payments.scheme_messages that brought it.
  message_row TEXT COLLATE "C" NOT NULL,
  account_id TEXT COLLATE "C" NOT NULL,
  currency TEXT NOT NULL,
  debtor_name TEXT NOT NULL,
  debtor_iban TEXT NOT NULL,
  reference TEXT NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('posting', 'booked', 'rejected')),
  -- The status reason of a rejection.
  reason TEXT
);
-- Serves the recoverer.
CREATE INDEX incoming_unfinished ON payments.incoming (received_at) WHERE state = 'posting';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT USAGE ON SCHEMA payments TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE ON payments.payments, payments.incoming TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE, DELETE ON payments.payees TO mainstay_bank;
    GRANT SELECT, INSERT ON payments.approvals, payments.scheme_messages TO mainstay_bank;
  END IF;
END $$;
