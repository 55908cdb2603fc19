-- What installations and the bank have told, what was counted of it, and what the guard made of that.

CREATE SCHEMA signals;

-- Every signal, once. Numbers rise in the order of commits: writers take turns (see intake-store.ts), so
-- that a reader who has seen a number has seen every smaller one.
CREATE TABLE signals.arrivals (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT COLLATE "C" NOT NULL UNIQUE,
  received_at TIMESTAMPTZ NOT NULL,
  kind TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  begun_at TIMESTAMPTZ NOT NULL,
  installation TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  platform TEXT NOT NULL,
  os TEXT NOT NULL,
  rollout TEXT COLLATE "C",
  arm TEXT NOT NULL,
  device TEXT NOT NULL,
  -- Who logged in last on this installation, by the edge's word.
  owner TEXT COLLATE "C",
  nonce TEXT NOT NULL,
  attempt TEXT COLLATE "C",
  way TEXT,
  protocol TEXT,
  -- Whom the log-in itself named.
  customer TEXT COLLATE "C",
  reason TEXT
);

-- What one installation did in one rollout, as far as counting needs it.
CREATE TABLE signals.histories (
  rollout TEXT COLLATE "C" NOT NULL,
  installation TEXT COLLATE "C" NOT NULL,
  owner TEXT COLLATE "C",
  proven BOOLEAN NOT NULL,
  fell_back_at TIMESTAMPTZ,
  -- When it was first logged in.
  in_at TIMESTAMPTZ,
  last_begun_at TIMESTAMPTZ,
  PRIMARY KEY (rollout, installation)
);
-- Serves counting a customer's proven installations.
CREATE INDEX histories_by_owner ON signals.histories (rollout, owner) WHERE proven;

-- What counts: each comparison once per installation and rollout.
CREATE TABLE signals.trials (
  rollout TEXT COLLATE "C" NOT NULL,
  installation TEXT COLLATE "C" NOT NULL,
  comparison TEXT NOT NULL,
  arm TEXT NOT NULL CHECK (arm IN ('candidate', 'stable')),
  version TEXT COLLATE "C" NOT NULL,
  platform TEXT NOT NULL,
  os TEXT NOT NULL,
  way TEXT,
  proven BOOLEAN NOT NULL,
  -- The log-in's attempt, or the activation's nonce.
  attempt TEXT COLLATE "C" NOT NULL,
  owner TEXT COLLATE "C",
  customer TEXT COLLATE "C",
  protocol TEXT,
  begun_at TIMESTAMPTZ NOT NULL,
  -- By control's clock: when it was told of the beginning, and when silence will mean failure.
  opened_at TIMESTAMPTZ NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'hidden')),
  reason TEXT,
  ended_at TIMESTAMPTZ,
  PRIMARY KEY (rollout, installation, comparison)
);
-- Serves finding what has been silent for too long.
CREATE INDEX trials_by_due ON signals.trials (due_at) WHERE outcome IS NULL;
-- Serves the list of log-ins behind a cell of the console's table, newest first.
CREATE INDEX trials_by_end ON signals.trials (rollout, arm, ended_at) WHERE outcome IS NOT NULL;

-- Counts by the finest group; way is '' where there is none.
CREATE TABLE signals.cells (
  rollout TEXT COLLATE "C" NOT NULL,
  comparison TEXT NOT NULL,
  platform TEXT NOT NULL,
  os TEXT NOT NULL,
  way TEXT NOT NULL,
  proven BOOLEAN NOT NULL,
  arm TEXT NOT NULL,
  succeeded BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  PRIMARY KEY (rollout, comparison, platform, os, way, proven, arm)
);

-- Log-ins of proven installations by the minute in which they ended, and the evidence at its end.
CREATE TABLE signals.series (
  rollout TEXT COLLATE "C" NOT NULL,
  platform TEXT NOT NULL,
  minute TIMESTAMPTZ NOT NULL,
  candidate_succeeded BIGINT NOT NULL,
  candidate_failed BIGINT NOT NULL,
  stable_succeeded BIGINT NOT NULL,
  stable_failed BIGINT NOT NULL,
  log_evidence DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (rollout, platform, minute)
);

-- What the guards know, as they export it.
CREATE TABLE signals.guards (
  rollout TEXT COLLATE "C" NOT NULL,
  guard TEXT NOT NULL,
  state JSONB NOT NULL,
  PRIMARY KEY (rollout, guard)
);

-- What they say, and how much of it has been handed on: `revision` rises with every change.
CREATE TABLE signals.verdicts (
  rollout TEXT COLLATE "C" PRIMARY KEY,
  verdict JSONB NOT NULL,
  revision BIGINT NOT NULL,
  -- Rises only when what follows from it changes: kind, reason, bound.
  turn BIGINT NOT NULL,
  told_revision BIGINT NOT NULL,
  told_turn BIGINT NOT NULL,
  told_at TIMESTAMPTZ
);
-- Serves handing on what hasn't been.
CREATE INDEX verdicts_untold ON signals.verdicts (rollout) WHERE told_revision < revision;

-- One row: how far signals have been counted, and since when control has been there to be told.
CREATE TABLE signals.worker (
  single BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (single),
  counted BIGINT NOT NULL,
  -- Rises with every change of what the guards know: a process whose copy is older reads it anew.
  edition BIGINT NOT NULL,
  up_since TIMESTAMPTZ NOT NULL,
  alive_at TIMESTAMPTZ NOT NULL
);
INSERT INTO signals.worker (counted, edition, up_since, alive_at)
VALUES (0, 0, '-infinity', '-infinity');

GRANT USAGE ON SCHEMA signals TO mainstay_control;
-- Old signals, trials and histories are swept; counts, series and verdicts stay.
GRANT SELECT, INSERT, DELETE ON signals.arrivals TO mainstay_control;
GRANT SELECT, INSERT, UPDATE, DELETE ON signals.histories, signals.trials TO mainstay_control;
GRANT SELECT, INSERT, UPDATE ON signals.cells, signals.series, signals.guards, signals.verdicts
   TO mainstay_control;
GRANT SELECT, UPDATE ON signals.worker TO mainstay_control;
