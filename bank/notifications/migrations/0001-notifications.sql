-- What the bank writes to its customers: one row for each e-mail, made before it is sent and kept afterwards.

CREATE SCHEMA notifications;

CREATE TABLE notifications.emails (
  -- The event that it tells of: an event is told once.
  event_id TEXT COLLATE "C" PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  text_body TEXT NOT NULL,
  html_body TEXT NOT NULL,
  -- 'sending' while a mail server has it in hand; 'uncertain' where nobody knows whether it took it: not sent
  -- again.
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'uncertain', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  attempt_at TIMESTAMPTZ NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  sent_at TIMESTAMPTZ,
  problem TEXT
);
-- Serves the sender: what waits and is due.
CREATE INDEX emails_waiting ON notifications.emails (attempt_at) WHERE state = 'waiting';
-- Serves the start: what a crash left in the mail server's hands.
CREATE INDEX emails_sending ON notifications.emails (event_id) WHERE state = 'sending';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT USAGE ON SCHEMA notifications TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE ON notifications.emails TO mainstay_bank;
  END IF;
END $$;
