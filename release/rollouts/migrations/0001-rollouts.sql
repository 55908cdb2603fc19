-- Who gets which version of the app, how that came about, and who signed for it. In control's database.
-- Texts that are keys are COLLATE "C": compared byte by byte, everywhere the same.

CREATE SCHEMA rollouts;

-- Versions that were registered; their files lie in the catalog.
CREATE TABLE rollouts.versions (
  version TEXT COLLATE "C" PRIMARY KEY,
  platforms TEXT[] NOT NULL CHECK (cardinality(platforms) > 0),
  login_protocol TEXT NOT NULL,
  summary TEXT NOT NULL,
  -- The very texts that were signed and the signatures, JSON.
  manifest TEXT NOT NULL,
  signature TEXT NOT NULL,
  registered_at TIMESTAMPTZ NOT NULL,
  withdrawn_at TIMESTAMPTZ,
  withdrawn_reason TEXT,
  withdrawal TEXT,
  withdrawal_signature TEXT
);

-- What each platform gets where no rollout says otherwise.
CREATE TABLE rollouts.platforms (
  platform TEXT COLLATE "C" PRIMARY KEY CHECK (platform IN ('ios', 'android', 'web')),
  stable TEXT COLLATE "C" REFERENCES rollouts.versions (version),
  -- Where a rollback of stable itself goes.
  previous TEXT COLLATE "C" REFERENCES rollouts.versions (version),
  recommended TEXT,
  minimum TEXT,
  store_url TEXT,
  CHECK (previous IS NULL OR stable IS NOT NULL)
);
INSERT INTO rollouts.platforms (platform)
VALUES ('ios'), ('android'), ('web');

-- One row. Every command locks it first: commands happen one after the other, whichever process gives them.
CREATE TABLE rollouts.plan (
  one BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (one),
  epoch BIGINT NOT NULL
);
INSERT INTO rollouts.plan (epoch)
VALUES (0);

CREATE TABLE rollouts.rollouts (
  id TEXT COLLATE "C" PRIMARY KEY,
  version TEXT COLLATE "C" NOT NULL REFERENCES rollouts.versions (version),
  state TEXT NOT NULL CHECK (
    state IN ('running', 'paused', 'held', 'waiting', 'finishing', 'finished', 'rolled-back')
  ),
  state_since TIMESTAMPTZ NOT NULL,
  -- Position in rollouts.stages.
  stage INTEGER NOT NULL CHECK (stage >= 0),
  salt TEXT NOT NULL,
  started_at TIMESTAMPTZ NOT NULL,
  started_by_id TEXT NOT NULL,
  started_by_name TEXT NOT NULL,
  -- Against a red or missing check: can't pass 1 %.
  is_overridden BOOLEAN NOT NULL,
  -- When a second person signed for more than 20 %.
  second_signed_at TIMESTAMPTZ,
  waiting_for TEXT CHECK (waiting_for IN ('evidence', 'second-person', 'new-version')),
  held_for TEXT CHECK (held_for IN ('both-arms-fail', 'unproven-installations-fail')),
  ended_at TIMESTAMPTZ,
  ended_by_id TEXT,
  ended_by_name TEXT,
  -- Why it stands as it does, in the words of whoever put it there.
  reason TEXT,
  -- What a machine shouldn't decide.
  attention TEXT,
  -- The guard's latest word, JSON, and since when it shows what this stage asks.
  verdict TEXT,
  shown_since TIMESTAMPTZ,
  CHECK ((state = 'waiting') = (waiting_for IS NOT NULL)),
  CHECK ((state = 'held') = (held_for IS NOT NULL)),
  CHECK ((state IN ('finished', 'rolled-back')) = (ended_at IS NOT NULL))
);
-- Serves "the latest rollouts", of all versions and of one.
CREATE INDEX rollouts_by_start ON rollouts.rollouts (started_at DESC, id DESC);
CREATE INDEX rollouts_of_version ON rollouts.rollouts (version, started_at DESC);

CREATE TABLE rollouts.stages (
  rollout_id TEXT COLLATE "C" NOT NULL REFERENCES rollouts.rollouts (id),
  position INTEGER NOT NULL,
  share DOUBLE PRECISION NOT NULL CHECK (share > 0 AND share <= 1),
  minutes INTEGER NOT NULL CHECK (minutes >= 0),
  margin_points DOUBLE PRECISION NOT NULL CHECK (margin_points > 0),
  started_at TIMESTAMPTZ,
  ended_at TIMESTAMPTZ,
  -- How long it was paused or held: that doesn't count as its time.
  still_ms BIGINT NOT NULL DEFAULT 0,
  -- How many had it when it ended.
  people INTEGER,
  PRIMARY KEY (rollout_id, position)
);

-- The platforms of a rollout, and where a rollback goes on each.
CREATE TABLE rollouts.targets (
  rollout_id TEXT COLLATE "C" NOT NULL REFERENCES rollouts.rollouts (id),
  platform TEXT COLLATE "C" NOT NULL REFERENCES rollouts.platforms (platform),
  goes_back_to TEXT COLLATE "C" NOT NULL REFERENCES rollouts.versions (version),
  is_active BOOLEAN NOT NULL,
  PRIMARY KEY (rollout_id, platform)
);
-- At most one rollout a platform decides what it gets, whatever the programs believe. Serves the plan as
-- well.
CREATE UNIQUE INDEX one_active_rollout ON rollouts.targets (platform) WHERE is_active;

-- Versions that nobody may be on, by platform. They stay: a version that was taken back never comes again.
CREATE TABLE rollouts.taken_back (
  version TEXT COLLATE "C" NOT NULL REFERENCES rollouts.versions (version),
  platform TEXT COLLATE "C" NOT NULL REFERENCES rollouts.platforms (platform),
  at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (version, platform)
);

-- The timeline.
CREATE TABLE rollouts.events (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rollout_id TEXT COLLATE "C" NOT NULL REFERENCES rollouts.rollouts (id),
  at TIMESTAMPTZ NOT NULL,
  kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  share DOUBLE PRECISION,
  people INTEGER,
  reason TEXT,
  -- JSON.
  details TEXT NOT NULL,
  -- Names what happens once in a rollout, so that telling it twice is telling it once.
  happening TEXT
);
-- Serves a rollout's timeline.
CREATE INDEX events_of_rollout ON rollouts.events (rollout_id, number);
-- Holds "once".
CREATE UNIQUE INDEX event_once ON rollouts.events (rollout_id, happening) WHERE happening IS NOT NULL;

-- Commands that were carried out, by the id that their giver made: the same again answers the same.
CREATE TABLE rollouts.commands (
  id TEXT COLLATE "C" PRIMARY KEY,
  -- SHA-256 of what was asked and by whom.
  asked BYTEA NOT NULL,
  -- JSON.
  answer TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL
);

-- What two people sign.
CREATE TABLE rollouts.approvals (
  id TEXT COLLATE "C" PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('start', 'advance', 'override-checks', 'raise-minimum')),
  state TEXT NOT NULL CHECK (
    state IN ('unsigned', 'waiting', 'carried-out', 'declined', 'expired', 'void')
  ),
  version TEXT COLLATE "C" REFERENCES rollouts.versions (version),
  rollout_id TEXT COLLATE "C" REFERENCES rollouts.rollouts (id),
  -- What both sign, word for word.
  text TEXT NOT NULL,
  people INTEGER NOT NULL,
  reason TEXT NOT NULL,
  -- What is done once both have signed, JSON.
  effect TEXT NOT NULL,
  first_id TEXT NOT NULL,
  first_name TEXT NOT NULL,
  first_signed_at TIMESTAMPTZ,
  -- The signatures with all that proves them, JSON.
  first_signature TEXT,
  second_id TEXT,
  second_name TEXT,
  second_signed_at TIMESTAMPTZ,
  second_signature TEXT,
  second_reason TEXT,
  asked_at TIMESTAMPTZ NOT NULL,
  expires_at TIMESTAMPTZ NOT NULL,
  decided_at TIMESTAMPTZ,
  CHECK (second_id IS NULL OR second_id <> first_id),
  CHECK (
    state <> 'carried-out'
    OR (first_signature IS NOT NULL AND (second_signature IS NOT NULL))
  )
);
-- Serves the list, the approval that stands open for a rollout, and the override of a version.
CREATE INDEX approvals_by_time ON rollouts.approvals (asked_at DESC);
CREATE INDEX approvals_of_version ON rollouts.approvals (version, kind);

-- What the bank must be told, until it has been: written in the transaction of what it follows from.
CREATE TABLE rollouts.bank_calls (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('lift-failures', 'refuse-versions')),
  version TEXT COLLATE "C" NOT NULL,
  rollout_id TEXT COLLATE "C" REFERENCES rollouts.rollouts (id),
  asked_at TIMESTAMPTZ NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_at TIMESTAMPTZ NOT NULL,
  done_at TIMESTAMPTZ
);
-- Serves the loop that makes the calls.
CREATE INDEX bank_calls_due ON rollouts.bank_calls (next_at) WHERE done_at IS NULL;

-- Which version each installation was last seen on.
CREATE TABLE rollouts.devices (
  installation TEXT COLLATE "C" PRIMARY KEY,
  platform TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL
);
-- Serves the counts by platform and version, without the table.
CREATE INDEX devices_by_version ON rollouts.devices (platform, version, seen_at);

GRANT USAGE ON SCHEMA rollouts TO mainstay_control;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA rollouts TO mainstay_control;
REVOKE INSERT ON rollouts.platforms, rollouts.plan FROM mainstay_control;
GRANT UPDATE (withdrawn_at, withdrawn_reason, withdrawal, withdrawal_signature)
ON rollouts.versions TO mainstay_control;
GRANT UPDATE (stable, previous, recommended, minimum, store_url) ON rollouts.platforms TO mainstay_control;
GRANT UPDATE (epoch) ON rollouts.plan TO mainstay_control;
GRANT UPDATE (
  state, state_since, stage, second_signed_at, waiting_for, held_for, ended_at, ended_by_id, ended_by_name,
  reason, attention, verdict, shown_since
)
ON rollouts.rollouts TO mainstay_control;
GRANT UPDATE (started_at, ended_at, still_ms, people) ON rollouts.stages TO mainstay_control;
GRANT UPDATE (is_active) ON rollouts.targets TO mainstay_control;
GRANT UPDATE (
  state, first_signed_at, first_signature, second_id, second_name, second_signed_at, second_signature,
  second_reason, decided_at, rollout_id
)
ON rollouts.approvals TO mainstay_control;
GRANT UPDATE (attempts, next_at, done_at) ON rollouts.bank_calls TO mainstay_control;
GRANT UPDATE (platform, version, seen_at) ON rollouts.devices TO mainstay_control;
GRANT DELETE ON rollouts.devices TO mainstay_control;
