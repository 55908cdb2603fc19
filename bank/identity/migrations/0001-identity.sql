CREATE SCHEMA identity;

-- Someone who opens an account. `key_thumbprint` is the device that began it and alone may read or change it.
CREATE TABLE identity.registrations (
  id TEXT PRIMARY KEY,
  key_thumbprint TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('answering', 'checking', 'passed', 'referred', 'failed', 'completed')),
  answers JSONB NOT NULL,
  -- Given once with the first question, so that the passkey names the person whom it will belong to.
  person_id TEXT NOT NULL,
  check_id TEXT,
  check_tries INT NOT NULL DEFAULT 0,
  check_asked_at TIMESTAMPTZ,
  reasons TEXT[] NOT NULL DEFAULT '{}',
  referred_at TIMESTAMPTZ,
  decided_by TEXT,
  decision_reason TEXT,
  decided_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ NOT NULL,
  changed_at TIMESTAMPTZ NOT NULL
);
-- How many a device has begun.
CREATE INDEX registrations_key ON identity.registrations (key_thumbprint);
-- The console's list of referrals, and the job that asks again about checks without an answer.
CREATE INDEX registrations_waiting ON identity.registrations (state, changed_at)
  WHERE state IN ('checking', 'referred');
-- The job that forgets answers that nobody came back to.
CREATE INDEX registrations_open ON identity.registrations (changed_at) WHERE state IN ('answering', 'failed');

CREATE TABLE identity.people (
  id TEXT PRIMARY KEY,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  date_of_birth DATE NOT NULL,
  address JSONB NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  demo BOOLEAN NOT NULL DEFAULT FALSE,
  registration_id TEXT UNIQUE,
  created_at TIMESTAMPTZ NOT NULL
);
-- Recovery finds people by their e-mail; several may share one.
CREATE INDEX people_email ON identity.people (lower(email));
-- The demo customer that a visitor looks around as.
CREATE INDEX people_demo ON identity.people (created_at) WHERE demo;

CREATE TABLE identity.devices (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES identity.people,
  key_thumbprint TEXT NOT NULL,
  name TEXT NOT NULL,
  first_seen_at TIMESTAMPTZ NOT NULL,
  last_seen_at TIMESTAMPTZ NOT NULL,
  -- One installation is one device of a person; also the list of a person's devices.
  UNIQUE (person_id, key_thumbprint)
);

CREATE TABLE identity.passkeys (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES identity.people,
  -- The log-in finds a passkey by this.
  credential_id TEXT NOT NULL UNIQUE,
  algorithm INT NOT NULL,
  spki TEXT NOT NULL,
  sign_count BIGINT NOT NULL,
  aaguid TEXT NOT NULL,
  backed_up BOOLEAN NOT NULL,
  name TEXT NOT NULL,
  device_id TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  last_used_at TIMESTAMPTZ,
  removed_at TIMESTAMPTZ
);
-- A person's passkeys: the security screen, and what an approval may be signed with.
CREATE INDEX passkeys_person ON identity.passkeys (person_id) WHERE removed_at IS NULL;

CREATE TABLE identity.sessions (
  id TEXT PRIMARY KEY,
  -- SHA-256 of the token, base64url; each request finds its session by it.
  token_hash TEXT NOT NULL UNIQUE,
  person_id TEXT NOT NULL REFERENCES identity.people,
  device_id TEXT NOT NULL REFERENCES identity.devices,
  key_thumbprint TEXT NOT NULL,
  opened_by TEXT NOT NULL CHECK (opened_by IN ('passkey', 'registration', 'recovery', 'demo')),
  started_at TIMESTAMPTZ NOT NULL,
  active_at TIMESTAMPTZ NOT NULL,
  ends_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ,
  ended_because TEXT
);
-- Logging out a device, and the list of devices.
CREATE INDEX sessions_device ON identity.sessions (device_id) WHERE ended_at IS NULL;
-- A new log-in ends what the same installation held before.
CREATE INDEX sessions_key ON identity.sessions (key_thumbprint) WHERE ended_at IS NULL;
-- The job that clears away sessions that are over.
CREATE INDEX sessions_ends ON identity.sessions (ends_at);

-- What a passkey ceremony of log-in, registration, adding or recovery must answer, once.
CREATE TABLE identity.challenges (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('login', 'registration', 'passkey', 'recovery')),
  challenge TEXT NOT NULL,
  key_thumbprint TEXT NOT NULL,
  -- The registration, person or recovery code that it is for.
  subject TEXT,
  protocol TEXT,
  app_version TEXT,
  created_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ
);
-- The job that clears away challenges that are over.
CREATE INDEX challenges_expires ON identity.challenges (expires_at);

-- Wrong elements shown to one means of login. Five in a row block it for a time; what a bad version caused is
-- lifted.
CREATE TABLE identity.failed_attempts (
  id TEXT PRIMARY KEY,
  means TEXT NOT NULL,
  reason TEXT NOT NULL,
  protocol TEXT,
  app_version TEXT,
  failed_at TIMESTAMPTZ NOT NULL,
  cleared_at TIMESTAMPTZ,
  cleared_because TEXT CHECK (cleared_because IN ('success', 'rollback', 'not-counted'))
);
-- The attempts that count against one means of login.
CREATE INDEX failed_attempts_means ON identity.failed_attempts (means, failed_at) WHERE cleared_at IS NULL;
-- Lifting what one version caused, when it is rolled back.
CREATE INDEX failed_attempts_version ON identity.failed_attempts (app_version) WHERE cleared_at IS NULL;

CREATE TABLE identity.recovery_codes (
  id TEXT PRIMARY KEY,
  person_id TEXT NOT NULL REFERENCES identity.people,
  -- The code's first four characters: finds the one row to compare with, so that a try costs one Argon2.
  selector TEXT NOT NULL,
  argon2 TEXT NOT NULL,
  made_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ,
  replaced_at TIMESTAMPTZ,
  -- Recovery looks a code up by person and selector.
  UNIQUE (person_id, made_at, selector)
);

-- Who did what to whom, each row chained to the one before it by SHA-256.
CREATE TABLE identity.audit (
  number BIGINT PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  details JSONB NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
-- What was done to one person.
CREATE INDEX audit_subject ON identity.audit (subject, number);

-- The chain's end: one row, locked while a row is appended.
CREATE TABLE identity.audit_head (
  is_only BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_only),
  number BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO identity.audit_head (number, hash) VALUES (0, repeat('0', 64));

-- What a row's hash is taken of. Fields are written as JSON, so that none can run over into the next.
CREATE FUNCTION identity.audit_row_hash(
  previous_hash TEXT, number BIGINT, at TIMESTAMPTZ, actor TEXT, action TEXT, subject TEXT, details JSONB
) RETURNS TEXT
LANGUAGE SQL IMMUTABLE
SET search_path = pg_catalog, pg_temp
RETURN encode(
  sha256(
    convert_to(
      jsonb_build_array(
        previous_hash, number, floor(extract(epoch FROM at) * 1000)::BIGINT, actor, action, subject, details
      )::TEXT,
      'UTF8'
    )
  ),
  'hex'
);

-- The only way into the audit. The head's lock is held until the transaction ends: append last.
CREATE FUNCTION identity.append_audit(at TIMESTAMPTZ, actor TEXT, action TEXT, subject TEXT, details JSONB)
RETURNS VOID
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  head identity.audit_head%ROWTYPE;
  next_hash TEXT;
BEGIN
  -- One appender at a time: each row needs the hash of the one before it.
  SELECT * INTO STRICT head FROM identity.audit_head FOR UPDATE;
  next_hash := identity.audit_row_hash(head.hash, head.number + 1, at, actor, action, subject, details);
  INSERT INTO identity.audit (number, at, actor, action, subject, details, previous_hash, hash)
  VALUES (head.number + 1, at, actor, action, subject, details, head.hash, next_hash);
  UPDATE identity.audit_head SET number = head.number + 1, hash = next_hash;
END $$;
REVOKE ALL ON FUNCTION identity.append_audit FROM PUBLIC;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT USAGE ON SCHEMA identity TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE ON identity.people, identity.devices, identity.passkeys TO mainstay_bank;
    GRANT SELECT, INSERT, UPDATE, DELETE ON
      identity.registrations, identity.sessions, identity.challenges, identity.failed_attempts,
      identity.recovery_codes TO mainstay_bank;
    -- The audit can be added to by its function and read, never changed.
    GRANT SELECT ON identity.audit, identity.audit_head TO mainstay_bank;
    GRANT EXECUTE ON FUNCTION identity.append_audit TO mainstay_bank;
    GRANT EXECUTE ON FUNCTION identity.audit_row_hash TO mainstay_bank;
  END IF;
END $$;
