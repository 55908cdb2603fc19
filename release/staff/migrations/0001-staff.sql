-- Staff, their passkeys, invitations and sessions, and the audit of what they do. In control's database,
-- apart from every customer's. Texts that are keys are COLLATE "C": compared byte by byte, everywhere the
-- same.

CREATE SCHEMA staff;

CREATE TABLE staff.people (
  id TEXT COLLATE "C" PRIMARY KEY,
  name TEXT NOT NULL,
  roles TEXT[] NOT NULL CHECK (cardinality(roles) > 0),
  joined_at TIMESTAMPTZ NOT NULL,
  -- When their access ended; people stay, because the audit names them.
  ended_at TIMESTAMPTZ
);

CREATE TABLE staff.passkeys (
  credential_id TEXT COLLATE "C" PRIMARY KEY,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES staff.people (id),
  algorithm INTEGER NOT NULL,
  -- SubjectPublicKeyInfo, DER, base64.
  spki TEXT NOT NULL,
  sign_count BIGINT NOT NULL,
  aaguid TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ
);

-- One-time links. Only the token's hash is kept: who reads this table can't join.
CREATE TABLE staff.invitations (
  id TEXT COLLATE "C" PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  name TEXT NOT NULL,
  roles TEXT[] NOT NULL CHECK (cardinality(roles) > 0),
  -- Null for the first member of staff, whom nobody could invite.
  invited_by TEXT COLLATE "C" REFERENCES staff.people (id),
  made_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  used_at TIMESTAMPTZ,
  withdrawn_at TIMESTAMPTZ
);

-- Passkey ceremonies under way: a challenge is answered once, and in time.
CREATE TABLE staff.ceremonies (
  id TEXT COLLATE "C" PRIMARY KEY,
  challenge TEXT NOT NULL,
  -- Null for a log-in.
  invitation_id TEXT COLLATE "C" REFERENCES staff.invitations (id),
  person_id TEXT COLLATE "C",
  name TEXT,
  expires_at TIMESTAMPTZ NOT NULL
);
-- Serves the sweep of ceremonies that were never answered.
CREATE INDEX ceremonies_by_expiry ON staff.ceremonies (expires_at);

CREATE TABLE staff.sessions (
  id TEXT COLLATE "C" PRIMARY KEY,
  token_hash BYTEA NOT NULL UNIQUE,
  person_id TEXT COLLATE "C" NOT NULL REFERENCES staff.people (id),
  started_at TIMESTAMPTZ NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ
);
-- Serves ending all of a person's sessions, and when each was last seen.
CREATE INDEX sessions_by_person ON staff.sessions (person_id, seen_at);

-- Who did what to whom. Each entry's hash is made of its content and of the hash before it.
CREATE TABLE staff.audit (
  number BIGINT PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- JSON, kept as the very text that was hashed.
  details TEXT NOT NULL,
  hash BYTEA NOT NULL
);

-- The only way to write the audit: numbers without gaps, hashes that chain, and nobody to take an entry back.
CREATE FUNCTION staff.append_audit(
  entry_at TIMESTAMPTZ,
  entry_actor_id TEXT,
  entry_actor_name TEXT,
  entry_action TEXT,
  entry_subject TEXT,
  entry_details TEXT
) RETURNS BIGINT
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  entry_number BIGINT;
  previous_hash BYTEA;
BEGIN
  -- One appender at a time: each entry needs the hash of the one before it.
  LOCK TABLE staff.audit IN EXCLUSIVE MODE;
  SELECT number + 1, hash
  INTO entry_number, previous_hash
  FROM staff.audit
  ORDER BY number DESC
  LIMIT 1;
  entry_number := coalesce(entry_number, 1);
  INSERT INTO staff.audit (number, at, actor_id, actor_name, action, subject, details, hash)
  VALUES (
    entry_number,
    entry_at,
    entry_actor_id,
    entry_actor_name,
    entry_action,
    entry_subject,
    entry_details,
    sha256(
      coalesce(previous_hash, ''::BYTEA) || convert_to(
        json_build_array(
          entry_number,
          to_char(entry_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
          entry_actor_id,
          entry_actor_name,
          entry_action,
          entry_subject,
          entry_details
        )::TEXT,
        'UTF8'
      )
    )
  );
  RETURN entry_number;
END
$$;

REVOKE ALL ON FUNCTION staff.append_audit(TIMESTAMPTZ, TEXT, TEXT, TEXT, TEXT, TEXT) FROM PUBLIC;
GRANT USAGE ON SCHEMA staff TO mainstay_control;
GRANT EXECUTE ON FUNCTION staff.append_audit(TIMESTAMPTZ, TEXT, TEXT, TEXT, TEXT, TEXT) TO mainstay_control;
GRANT SELECT ON staff.audit TO mainstay_control;
GRANT SELECT, INSERT ON staff.people, staff.passkeys, staff.invitations, staff.sessions TO mainstay_control;
GRANT UPDATE (roles, ended_at) ON staff.people TO mainstay_control;
GRANT UPDATE (sign_count, used_at) ON staff.passkeys TO mainstay_control;
GRANT UPDATE (used_at, withdrawn_at) ON staff.invitations TO mainstay_control;
GRANT UPDATE (seen_at, ended_at) ON staff.sessions TO mainstay_control;
GRANT SELECT, INSERT, DELETE ON staff.ceremonies TO mainstay_control;
