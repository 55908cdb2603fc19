-- The watch over a version after its rollout has finished, when there is nothing left to compare it with.

CREATE TABLE signals.watches (
  rollout TEXT COLLATE "C" PRIMARY KEY,
  -- As the watch exports it.
  state JSONB NOT NULL,
  succeeded BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  -- What it asks for since it has sounded, and whether that has been handed on.
  asks TEXT CHECK (asks IN ('probes', 'person', 'roll-back')),
  told BOOLEAN NOT NULL
);
-- Serves finding what has to be handed on.
CREATE INDEX watches_untold ON signals.watches (rollout) WHERE asks IS NOT NULL AND NOT told;

-- Log-ins on the version that is watched: an installation's first one a day.
CREATE TABLE signals.watched_logins (
  rollout TEXT COLLATE "C" NOT NULL,
  installation TEXT COLLATE "C" NOT NULL,
  day DATE NOT NULL,
  attempt TEXT COLLATE "C" NOT NULL,
  opened_at TIMESTAMPTZ NOT NULL,
  due_at TIMESTAMPTZ NOT NULL,
  outcome TEXT CHECK (outcome IN ('succeeded', 'failed')),
  PRIMARY KEY (rollout, installation, day)
);
-- Serves finding what has been silent for too long.
CREATE INDEX watched_logins_by_due ON signals.watched_logins (due_at) WHERE outcome IS NULL;
-- Serves forgetting old days.
CREATE INDEX watched_logins_by_day ON signals.watched_logins (day);

GRANT SELECT, INSERT, UPDATE ON signals.watches TO mainstay_control;
GRANT SELECT, INSERT, UPDATE, DELETE ON signals.watched_logins TO mainstay_control;
