-- Messages between the bank and its customers: threads, what is delivered for release control by which
-- channel, who sees which banner, and where pushes go.

CREATE SCHEMA inbox;

-- A conversation. Ids are their makers' own, so a thread is known by its customer and its id together: what
-- another customer calls theirs is nobody else's business.
CREATE TABLE inbox.threads (
  person_id TEXT COLLATE "C" NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  subject TEXT NOT NULL,
  -- The incident that the bank's message was about.
  incident TEXT COLLATE "C",
  begun_by TEXT NOT NULL CHECK (begun_by IN ('bank', 'customer')),
  waits_for TEXT NOT NULL CHECK (waits_for IN ('customer', 'bank', 'nobody')),
  is_unread BOOLEAN NOT NULL,
  -- How many entries there are, and how the last begins.
  entries INTEGER NOT NULL,
  preview TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL,
  -- Since when a person of the bank is waited for.
  waits_since TIMESTAMPTZ,
  PRIMARY KEY (person_id, id)
);
-- Serves the customer's list, newest first.
CREATE INDEX threads_newest ON inbox.threads (person_id, updated_at DESC, id);
-- Serves the dots: how many a customer hasn't read.
CREATE INDEX threads_unread ON inbox.threads (person_id) WHERE is_unread;
-- Serves staff: what waits for the bank, oldest first.
CREATE INDEX threads_waiting ON inbox.threads (waits_since, id) WHERE waits_for = 'bank';
-- Serves staff: one thread by its id, and the newest of all.
CREATE INDEX threads_by_id ON inbox.threads (id);
CREATE INDEX threads_newest_of_all ON inbox.threads (updated_at DESC, id);

-- What was written. INSERT only.
CREATE TABLE inbox.entries (
  person_id TEXT COLLATE "C" NOT NULL,
  thread_id TEXT COLLATE "C" NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  id TEXT COLLATE "C" NOT NULL,
  author TEXT NOT NULL CHECK (author IN ('bank', 'customer', 'staff')),
  -- Who of staff wrote: their first name for the customer, their id for the record.
  staff_name TEXT,
  staff_id TEXT,
  at TIMESTAMPTZ NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (person_id, thread_id, number),
  -- The same entry again is the same.
  UNIQUE (person_id, thread_id, id),
  FOREIGN KEY (person_id, thread_id) REFERENCES inbox.threads
);
-- Serves the limit of how much a customer may write at once.
CREATE INDEX entries_of_customer ON inbox.entries (person_id, at) WHERE author = 'customer';

-- What release control has handed over, each once.
CREATE TABLE inbox.deliveries (
  id TEXT COLLATE "C" PRIMARY KEY,
  message TEXT COLLATE "C" NOT NULL,
  incident TEXT COLLATE "C",
  -- As release control named them: a customer's reference, or the installation of a registration that failed.
  customer TEXT COLLATE "C" NOT NULL,
  -- NULL for somebody who isn't a customer yet.
  person_id TEXT COLLATE "C",
  thread_id TEXT COLLATE "C",
  taken_at TIMESTAMPTZ NOT NULL
);
-- Serves reading: a thread that is read was delivered.
CREATE INDEX deliveries_of_thread ON inbox.deliveries (person_id, thread_id) WHERE thread_id IS NOT NULL;

-- How each channel of each delivery stands, with the number of its last change.
CREATE TABLE inbox.channels (
  delivery_id TEXT COLLATE "C" NOT NULL REFERENCES inbox.deliveries,
  channel TEXT NOT NULL CHECK (channel IN ('inbox', 'email', 'push')),
  state TEXT NOT NULL
    CHECK (state IN ('waiting', 'sent', 'read', 'bounced', 'failed', 'uncertain', 'none')),
  at TIMESTAMPTZ NOT NULL,
  problem TEXT,
  -- Serves release control: what has changed after a number.
  number BIGINT NOT NULL UNIQUE,
  PRIMARY KEY (delivery_id, channel)
);
-- The last number: one row, locked from the moment that a change takes its number until it is committed, so
-- that who has read a number has missed no smaller one.
CREATE TABLE inbox.change_head (
  is_only BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_only),
  number BIGINT NOT NULL
);
INSERT INTO inbox.change_head (number) VALUES (0);

-- E-mails of deliveries, laid out before they are sent.
CREATE TABLE inbox.emails (
  -- The delivery's; the Message-ID is made of it.
  id TEXT COLLATE "C" PRIMARY KEY REFERENCES inbox.deliveries,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  text_body TEXT NOT NULL,
  html_body TEXT NOT NULL,
  is_urgent BOOLEAN NOT NULL,
  -- 'sending' while a mail server has it in hand; 'uncertain' until the provider says whether it took it.
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'uncertain', 'bounced', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  -- When it was tried last, or is to be tried or asked about next.
  attempt_at TIMESTAMPTZ NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
-- Serves the sender: what waits and is due, urgent first.
CREATE INDEX emails_waiting ON inbox.emails (is_urgent DESC, attempt_at) WHERE state = 'waiting';
-- Serves whoever clears up what nobody knows, and the start after a crash.
CREATE INDEX emails_unclear ON inbox.emails (state, attempt_at) WHERE state IN ('sending', 'uncertain');

-- Where a customer's browsers take pushes.
CREATE TABLE inbox.subscriptions (
  endpoint TEXT COLLATE "C" PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL,
  device_id TEXT COLLATE "C" NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
-- Serves deliveries: where one customer's pushes go; and the device that is logged out.
CREATE INDEX subscriptions_of_person ON inbox.subscriptions (person_id, created_at);
CREATE INDEX subscriptions_of_device ON inbox.subscriptions (device_id);

-- Pushes, one for each subscription.
CREATE TABLE inbox.pushes (
  -- The delivery or the entry that it tells of.
  source TEXT COLLATE "C" NOT NULL,
  endpoint TEXT COLLATE "C" NOT NULL,
  delivery_id TEXT COLLATE "C" REFERENCES inbox.deliveries,
  thread_id TEXT COLLATE "C",
  subject TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'gone', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  attempt_at TIMESTAMPTZ NOT NULL,
  problem TEXT,
  PRIMARY KEY (source, endpoint)
);
-- Serves the sender: what waits and is due.
CREATE INDEX pushes_waiting ON inbox.pushes (attempt_at) WHERE state = 'waiting';
-- Serves the start: what a crash left in hand.
CREATE INDEX pushes_sending ON inbox.pushes (source) WHERE state = 'sending';
-- Serves a delivery's state: what became of all its pushes.
CREATE INDEX pushes_of_delivery ON inbox.pushes (delivery_id) WHERE delivery_id IS NOT NULL;

-- The lines that the app shows to those whom an incident concerns.
CREATE TABLE inbox.banners (
  incident TEXT COLLATE "C" PRIMARY KEY,
  title TEXT NOT NULL,
  text TEXT NOT NULL,
  updated_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE inbox.banner_people (
  incident TEXT COLLATE "C" NOT NULL REFERENCES inbox.banners ON DELETE CASCADE,
  person_id TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (incident, person_id)
);
-- Serves the customer's screens: which banners concern them.
CREATE INDEX banner_people_person ON inbox.banner_people (person_id);

-- How far feeds from outside have been read.
CREATE TABLE inbox.cursors (
  name TEXT PRIMARY KEY,
  number BIGINT NOT NULL
);
INSERT INTO inbox.cursors (name, number) VALUES ('mail-provider', 0);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT USAGE ON SCHEMA inbox TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE ON
      inbox.threads, inbox.channels, inbox.emails, inbox.pushes TO mainstay_bank;
    -- What was written and handed over is never changed.
    GRANT SELECT, INSERT ON inbox.entries, inbox.deliveries TO mainstay_bank;
    GRANT SELECT, UPDATE ON inbox.change_head, inbox.cursors TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE, DELETE ON
      inbox.subscriptions, inbox.banners, inbox.banner_people TO mainstay_bank;
  END IF;
END $$;
