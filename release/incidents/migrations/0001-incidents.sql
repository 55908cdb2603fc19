-- Incidents: what went wrong, for whom, from when till when, and what was done about it. In control's
-- database. Customers and installations are opaque references; personal data stays in the bank.

CREATE SCHEMA incidents;

-- One row. Whoever opens or changes an incident holds it: numbers have no gaps, and two who act at the same
-- time do so one after the other. `events_read` is how far `rollouts.events` has been read.
CREATE TABLE incidents.register (
  single BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (single),
  last_number BIGINT NOT NULL,
  events_read BIGINT NOT NULL
);
INSERT INTO incidents.register (last_number, events_read)
VALUES (0, 0);

CREATE TABLE incidents.incidents (
  id TEXT COLLATE "C" PRIMARY KEY,
  -- Shown as INC-0041.
  number BIGINT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  state TEXT NOT NULL CHECK (
    state IN ('triage', 'investigating', 'identified', 'monitoring', 'resolved', 'merged')
  ),
  severity INTEGER NOT NULL CHECK (severity BETWEEN 1 AND 4),
  source TEXT NOT NULL CHECK (source IN ('guard', 'probe', 'ledger', 'staff')),
  opened_at TIMESTAMPTZ NOT NULL,
  opened_by_id TEXT NOT NULL,
  opened_by_name TEXT NOT NULL,
  resolved_at TIMESTAMPTZ,
  commander_id TEXT,
  commander_name TEXT,
  merged_into TEXT COLLATE "C" REFERENCES incidents.incidents (id),
  -- Whose failures count; an empty list means all.
  scope_versions TEXT[] NOT NULL,
  scope_platforms TEXT[] NOT NULL,
  scope_components TEXT[] NOT NULL,
  scope_from TIMESTAMPTZ NOT NULL,
  scope_until TIMESTAMPTZ,
  -- How far `signals.arrivals` has been read for it; -1 where it must be read anew.
  arrivals_read BIGINT NOT NULL DEFAULT -1,
  -- When its review was closed.
  reviewed_at TIMESTAMPTZ,
  CHECK ((state = 'merged') = (merged_into IS NOT NULL)),
  CHECK (state <> 'resolved' OR resolved_at IS NOT NULL)
);
-- Serves the list, the newest first, and finding the few that are open.
CREATE INDEX incidents_by_time ON incidents.incidents (opened_at DESC);
CREATE INDEX incidents_open ON incidents.incidents (opened_at) WHERE state NOT IN ('resolved', 'merged');

-- The rollouts that an incident is about.
CREATE TABLE incidents.rollouts (
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.incidents (id),
  rollout_id TEXT COLLATE "C" NOT NULL,
  attached_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (incident_id, rollout_id)
);
-- Serves finding the incident to which an event of a rollout belongs.
CREATE INDEX incidents_of_rollout ON incidents.rollouts (rollout_id);

-- The timeline, as far as it doesn't follow from the affected.
CREATE TABLE incidents.lines (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.incidents (id),
  -- Names what happened, so that telling it twice is telling it once.
  happening TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  detail TEXT,
  actor_id TEXT,
  actor_name TEXT,
  UNIQUE (incident_id, happening)
);
-- Serves an incident's timeline.
CREATE INDEX lines_by_time ON incidents.lines (incident_id, at, number);

-- Installations on which something of the incident happened, or may turn out to have: each signal of one of
-- them has its part of the affected made anew.
CREATE TABLE incidents.installations (
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.incidents (id),
  installation TEXT COLLATE "C" NOT NULL,
  -- When a log-in that is still silent will have failed; null where none is.
  due_at TIMESTAMPTZ,
  -- Log-ins that failed, each once, whoever they are put to.
  failed_logins INTEGER NOT NULL,
  PRIMARY KEY (incident_id, installation)
);
-- Serves finding what has been silent for too long.
CREATE INDEX installations_due ON incidents.installations (due_at) WHERE due_at IS NOT NULL;

-- Who was kept out: one row for each customer on each installation. Made from all signals of the
-- installation together, so that their order and their repetition don't matter.
CREATE TABLE incidents.affected (
  incident_id TEXT COLLATE "C" NOT NULL,
  installation TEXT COLLATE "C" NOT NULL,
  -- Null while nobody is known.
  customer TEXT COLLATE "C",
  known_by TEXT NOT NULL CHECK (
    known_by IN ('log-in', 'installation', 'next-log-in', 'registration', 'nobody')
  ),
  platform TEXT NOT NULL,
  os TEXT NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  first_failure_at TIMESTAMPTZ NOT NULL,
  last_failure_at TIMESTAMPTZ NOT NULL,
  tries INTEGER NOT NULL CHECK (tries > 0),
  reason TEXT NOT NULL,
  back_at TIMESTAMPTZ,
  -- From the first failure to the next success, each time; without an end while it lasts.
  episodes TSTZMULTIRANGE NOT NULL,
  version_now TEXT COLLATE "C",
  UNIQUE NULLS NOT DISTINCT (incident_id, installation, customer),
  FOREIGN KEY (incident_id, installation) REFERENCES incidents.installations (incident_id, installation)
);
-- Serves the list: who isn't back first, then by the first failure.
CREATE INDEX affected_in_order
ON incidents.affected (incident_id, (back_at IS NOT NULL), first_failure_at, installation);
-- Serves "is this customer affected, and by what?".
CREATE INDEX affected_by_customer ON incidents.affected (customer);

-- Log-ins and starts of the incident's time, of all versions: what its cause is narrowed by. Kept, since the
-- signals themselves go after 90 days.
CREATE TABLE incidents.cells (
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.incidents (id),
  version TEXT COLLATE "C" NOT NULL,
  platform TEXT NOT NULL,
  os TEXT NOT NULL,
  protocol TEXT NOT NULL,
  -- Empty for those that succeeded.
  reason TEXT NOT NULL,
  count BIGINT NOT NULL,
  PRIMARY KEY (incident_id, version, platform, os, protocol, reason)
);

-- Commands of staff that were carried out, by the id that their giver made: the same again answers the same.
CREATE TABLE incidents.commands (
  id TEXT COLLATE "C" PRIMARY KEY,
  -- SHA-256 of what was asked and by whom.
  asked BYTEA NOT NULL,
  -- JSON.
  answer TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL
);
-- Serves forgetting old ones.
CREATE INDEX commands_by_time ON incidents.commands (at);

GRANT USAGE ON SCHEMA incidents TO mainstay_control;
GRANT SELECT, UPDATE ON incidents.register TO mainstay_control;
GRANT SELECT, INSERT ON incidents.incidents TO mainstay_control;
GRANT UPDATE (
  title, state, severity, resolved_at, commander_id, commander_name, merged_into, scope_versions,
  scope_platforms, scope_components, scope_from, scope_until, arrivals_read, reviewed_at
)
ON incidents.incidents TO mainstay_control;
-- A timeline is written and never changed.
GRANT SELECT, INSERT ON incidents.rollouts, incidents.lines TO mainstay_control;
GRANT SELECT, INSERT, UPDATE, DELETE ON incidents.installations, incidents.affected, incidents.cells
TO mainstay_control;
GRANT SELECT, INSERT, DELETE ON incidents.commands TO mainstay_control;
