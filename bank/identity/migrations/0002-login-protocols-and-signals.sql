-- Which protocols a log-in may speak: a row for each that exists, so that the process can switch one on and
-- off and make none up.
CREATE TABLE identity.login_protocols (
  protocol TEXT PRIMARY KEY,
  accepted BOOLEAN NOT NULL,
  -- To within ten seconds: noted in memory, and written by rounds.
  last_succeeded_at TIMESTAMPTZ
);
INSERT INTO identity.login_protocols (protocol, accepted) VALUES ('login/1', TRUE), ('login/2', TRUE);

-- Versions of the app whose log-ins are turned away.
CREATE TABLE identity.refused_versions (
  version TEXT PRIMARY KEY,
  reason TEXT NOT NULL,
  refused_at TIMESTAMPTZ NOT NULL
);

-- Versions that were rolled back: wrong elements shown on them count no longer.
CREATE TABLE identity.lifted_versions (
  version TEXT PRIMARY KEY,
  lifted_at TIMESTAMPTZ NOT NULL
);

-- From login/2 on, a challenge has a nonce of its own. The activation is the one under which the log-in was
-- begun: its outcome counts for that version, whatever the device runs by then.
ALTER TABLE identity.challenges
  ADD COLUMN nonce TEXT,
  ADD COLUMN activation JSONB;

-- What release control calls a customer by: says nothing about them outside this table. Its index serves the
-- staff who may know whom an incident touched.
ALTER TABLE identity.people
  ADD COLUMN customer_ref TEXT NOT NULL UNIQUE
    DEFAULT ('cus_' || replace(gen_random_uuid()::TEXT, '-', ''));

-- What happened to log-ins, on its way to release control: written in the transaction of the log-in, deleted
-- once it was delivered. Read from the lowest position.
CREATE TABLE identity.login_signals (
  position BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  signal JSONB NOT NULL
);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT SELECT, UPDATE ON identity.login_protocols TO mainstay_bank;
    GRANT SELECT, INSERT, DELETE ON identity.refused_versions, identity.login_signals TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE ON identity.lifted_versions TO mainstay_bank;
  END IF;
END $$;
