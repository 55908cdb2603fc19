-- What those affected by an incident are told, who signed it, and how it came to each. In control's database.
-- Customers are the bank's references here: names and addresses stay in the bank.

CREATE SCHEMA messages;

CREATE TABLE messages.messages (
  id TEXT COLLATE "C" PRIMARY KEY,
  incident_id TEXT COLLATE "C" NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'waiting', 'sending', 'ended', 'discarded')),
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  channels TEXT[] NOT NULL CHECK (cardinality(channels) > 0),
  -- Rises with every edit.
  draft INTEGER NOT NULL CHECK (draft > 0),
  created_at TIMESTAMPTZ NOT NULL,
  created_by_id TEXT NOT NULL,
  created_by_name TEXT NOT NULL,
  edited_by_id TEXT,
  edited_by_name TEXT,
  -- The signatures that count now; all that were ever given are in messages.signatures.
  first_id TEXT,
  first_name TEXT,
  first_signed_at TIMESTAMPTZ,
  second_id TEXT,
  second_name TEXT,
  second_signed_at TIMESTAMPTZ,
  -- When everybody who could be told at once had been handed to the bank.
  sent_at TIMESTAMPTZ,
  ended_at TIMESTAMPTZ,
  discarded_reason TEXT,
  CHECK (second_id IS NULL OR second_id <> first_id),
  CHECK (state NOT IN ('sending', 'ended') OR (first_id IS NOT NULL AND second_id IS NOT NULL)),
  CHECK (state <> 'waiting' OR (first_id IS NOT NULL AND second_id IS NULL))
);
-- Serves the list, newest first, and that of one incident.
CREATE INDEX messages_by_time ON messages.messages (created_at DESC, id DESC);
CREATE INDEX messages_of_incident ON messages.messages (incident_id, created_at DESC);
-- Serves the worker: what goes out now.
CREATE INDEX messages_sending ON messages.messages (id) WHERE state = 'sending';

-- What somebody was shown to be signed, word for word, until they sign or it is too late.
CREATE TABLE messages.offers (
  ceremony_id TEXT COLLATE "C" PRIMARY KEY,
  message_id TEXT COLLATE "C" NOT NULL REFERENCES messages.messages (id),
  draft INTEGER NOT NULL,
  staff_id TEXT NOT NULL,
  text TEXT NOT NULL,
  people INTEGER NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL
);

-- Every signature that was given, with all that proves it.
CREATE TABLE messages.signatures (
  message_id TEXT COLLATE "C" NOT NULL REFERENCES messages.messages (id),
  draft INTEGER NOT NULL,
  place INTEGER NOT NULL CHECK (place IN (1, 2)),
  staff_id TEXT NOT NULL,
  staff_name TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  -- What was signed: the message and the number of people.
  text TEXT NOT NULL,
  people INTEGER NOT NULL,
  -- JSON.
  signature TEXT NOT NULL,
  PRIMARY KEY (message_id, draft, place)
);

-- Commands that were carried out, by the id that their giver made: the same again changes nothing.
CREATE TABLE messages.commands (
  id TEXT COLLATE "C" PRIMARY KEY,
  -- SHA-256 of what was asked and by whom.
  asked BYTEA NOT NULL,
  message_id TEXT COLLATE "C" NOT NULL REFERENCES messages.messages (id),
  at TIMESTAMPTZ NOT NULL
);

-- One row for each customer that a message goes to, written before anything is sent.
CREATE TABLE messages.deliveries (
  -- Made of the message and the customer.
  id TEXT COLLATE "C" PRIMARY KEY,
  message_id TEXT COLLATE "C" NOT NULL REFERENCES messages.messages (id),
  -- The bank's reference; the installation of a registration that failed.
  customer TEXT COLLATE "C" NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  -- Who couldn't log in when it was queued goes first.
  is_urgent BOOLEAN NOT NULL,
  queued_at TIMESTAMPTZ NOT NULL,
  -- 'unknown': the bank has nobody to write to; 'refused': the bank won't take it as it stands.
  state TEXT NOT NULL CHECK (state IN ('waiting', 'handed', 'unknown', 'refused')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at TIMESTAMPTZ NOT NULL,
  -- When it was first taken in hand, which is what the daily limit counts.
  begun_at TIMESTAMPTZ,
  settled_at TIMESTAMPTZ,
  -- Nobody is told a thing twice, whatever the programs believe.
  UNIQUE (message_id, customer)
);
-- Serves the worker: what is due, the urgent first.
CREATE INDEX deliveries_due ON messages.deliveries (is_urgent DESC, queued_at, id) WHERE state = 'waiting';
-- Serves the daily limit of a customer.
CREATE INDEX deliveries_of_customer ON messages.deliveries (customer, begun_at);
-- Serves a message's page of deliveries.
CREATE INDEX deliveries_of_message ON messages.deliveries (message_id, id);

-- How each channel of a delivery stands, as the bank last said.
CREATE TABLE messages.channels (
  delivery_id TEXT COLLATE "C" NOT NULL REFERENCES messages.deliveries (id),
  channel TEXT NOT NULL CHECK (channel IN ('inbox', 'email', 'push')),
  state TEXT NOT NULL CHECK (
    state IN ('waiting', 'sent', 'read', 'bounced', 'failed', 'uncertain', 'none')
  ),
  at TIMESTAMPTZ NOT NULL,
  problem TEXT,
  -- The change's number in the bank's feed: an older one never overwrites a newer.
  number BIGINT NOT NULL,
  PRIMARY KEY (delivery_id, channel)
);

-- One row. How far the bank's feed was read, and when a batch was last taken in hand: whoever hands over
-- locks it, so that the limits hold however many processes there are.
CREATE TABLE messages.progress (
  one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one),
  changes_read BIGINT NOT NULL,
  handed_at TIMESTAMPTZ NOT NULL
);
INSERT INTO messages.progress (changes_read, handed_at)
VALUES (0, 'epoch');

GRANT USAGE ON SCHEMA messages TO mainstay_control;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA messages TO mainstay_control;
REVOKE INSERT ON messages.progress FROM mainstay_control;
GRANT UPDATE (
  state, subject, text, channels, draft, edited_by_id, edited_by_name, first_id, first_name, first_signed_at,
  second_id, second_name, second_signed_at, sent_at, ended_at, discarded_reason
)
ON messages.messages TO mainstay_control;
GRANT DELETE ON messages.offers, messages.commands TO mainstay_control;
GRANT UPDATE (state, attempts, next_at, begun_at, settled_at) ON messages.deliveries TO mainstay_control;
GRANT UPDATE (state, at, problem, number) ON messages.channels TO mainstay_control;
GRANT UPDATE (changes_read, handed_at) ON messages.progress TO mainstay_control;
