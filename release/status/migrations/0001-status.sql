-- The public status page: how components stood since when, what the public reads of incidents, and who gets
-- mail of it.

CREATE SCHEMA status;

-- One row: when the components were judged last. Whoever judges holds it.
CREATE TABLE status.turns (
  is_only BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_only),
  judged_at TIMESTAMPTZ
);
INSERT INTO status.turns DEFAULT VALUES;

-- How each component stands from a time on, until its next row. INSERT only.
CREATE TABLE status.changes (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  component TEXT COLLATE "C" NOT NULL,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('works', 'partly', 'down', 'unknown')),
  at TIMESTAMPTZ NOT NULL
);
-- Serves how a component stands now, and its history.
CREATE INDEX changes_by_component ON status.changes (component, at);

-- What staff have made worse by hand, until they end it.
CREATE TABLE status.overrides (
  component TEXT COLLATE "C" PRIMARY KEY,
  state TEXT COLLATE "C" NOT NULL CHECK (state IN ('partly', 'down', 'unknown')),
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  reason TEXT NOT NULL
);

-- Commands of staff that were done: the same id again changes nothing.
CREATE TABLE status.commands (
  id TEXT COLLATE "C" PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL
);

-- Incidents as the public reads of them.
CREATE TABLE status.incidents (
  incident TEXT COLLATE "C" PRIMARY KEY,
  number TEXT NOT NULL,
  title TEXT NOT NULL,
  components TEXT[] NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('looking-into-it', 'cause-found', 'watching', 'works-again')),
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  -- It goes on as another one: nobody reads of it any more.
  is_hidden BOOLEAN NOT NULL DEFAULT FALSE
);
-- Serves the page: the latest first.
CREATE INDEX incidents_by_time ON status.incidents (started_at) WHERE NOT is_hidden;

CREATE TABLE status.updates (
  id TEXT COLLATE "C" PRIMARY KEY,
  incident TEXT COLLATE "C" NOT NULL REFERENCES status.incidents,
  at TIMESTAMPTZ NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('looking-into-it', 'cause-found', 'watching', 'works-again')),
  text TEXT NOT NULL,
  -- As it was drafted from the record, or as staff first wrote it.
  drafted TEXT NOT NULL,
  -- Whether a change of the incident's state wrote it, or staff did in between.
  by_itself BOOLEAN NOT NULL,
  amended_by_id TEXT,
  amended_by_name TEXT,
  amended_at TIMESTAMPTZ
);
-- Serves an incident's updates in their order.
CREATE INDEX updates_by_incident ON status.updates (incident, at);

-- Whoever wants mail of changes. No token lies here: links are made from the secret.
CREATE TABLE status.subscribers (
  id TEXT COLLATE "C" PRIMARY KEY,
  email TEXT NOT NULL,
  -- In small letters: one subscription an address.
  email_key TEXT COLLATE "C" NOT NULL UNIQUE,
  created_at TIMESTAMPTZ NOT NULL,
  -- NULL until the link in the first mail was followed.
  confirmed_at TIMESTAMPTZ,
  -- When it was asked for last, and how often in a row without an answer.
  asked_at TIMESTAMPTZ NOT NULL,
  asked INT NOT NULL
);
-- Serves forgetting who never confirmed.
CREATE INDEX subscribers_unconfirmed ON status.subscribers (asked_at) WHERE confirmed_at IS NULL;

-- Mails to subscribers, on their way.
CREATE TABLE status.mails (
  id TEXT COLLATE "C" PRIMARY KEY,
  subscriber TEXT COLLATE "C" NOT NULL REFERENCES status.subscribers ON DELETE CASCADE,
  -- NULL: the mail that asks for confirmation.
  update_id TEXT COLLATE "C" REFERENCES status.updates,
  created_at TIMESTAMPTZ NOT NULL,
  attempt_at TIMESTAMPTZ NOT NULL,
  attempts INT NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'uncertain')),
  sent_at TIMESTAMPTZ,
  problem TEXT,
  -- Nobody is sent the same update twice.
  UNIQUE (subscriber, update_id)
);
-- Serves the sender: what waits, in its order.
CREATE INDEX mails_waiting ON status.mails (attempt_at) WHERE state = 'waiting';
-- Serves what a killed process left in the middle.
CREATE INDEX mails_unsettled ON status.mails (id) WHERE state IN ('sending', 'uncertain');
-- Serves forgetting.
CREATE INDEX mails_by_time ON status.mails (created_at);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_control') THEN
    GRANT USAGE ON SCHEMA status TO mainstay_control;
    GRANT SELECT, UPDATE ON status.turns TO mainstay_control;
    GRANT SELECT, INSERT ON status.changes TO mainstay_control;
    GRANT SELECT, INSERT, UPDATE ON status.incidents, status.updates TO mainstay_control;
    GRANT SELECT, INSERT, UPDATE, DELETE ON
      status.overrides, status.commands, status.subscribers, status.mails TO mainstay_control;
  END IF;
END $$;
