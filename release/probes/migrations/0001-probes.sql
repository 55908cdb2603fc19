-- What live probes have measured, the pennies that they sent, and the failures that incidents were told of.

CREATE SCHEMA probes;

CREATE TABLE probes.results (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at TIMESTAMPTZ NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  protocol TEXT NOT NULL,
  arm TEXT NOT NULL CHECK (arm IN ('stable', 'candidate')),
  platforms TEXT[] NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('protocol', 'browser')),
  took_ms BIGINT NOT NULL,
  log_in TEXT NOT NULL CHECK (log_in IN ('passed', 'failed', 'skipped')),
  balances TEXT NOT NULL CHECK (balances IN ('passed', 'failed', 'skipped')),
  payments TEXT NOT NULL CHECK (payments IN ('passed', 'failed', 'skipped')),
  reason TEXT
);
-- Serves what was measured lately, and forgetting what is old.
CREATE INDEX results_by_time ON probes.results (at);

-- A row is there before its payment is ordered.
CREATE TABLE probes.pennies (
  payment_id TEXT COLLATE "C" PRIMARY KEY,
  payer TEXT NOT NULL CHECK (payer IN ('one', 'two')),
  reference TEXT NOT NULL,
  ordered_at TIMESTAMPTZ NOT NULL,
  -- From when on it must have arrived; NULL while it isn't known whether it was approved.
  due_at TIMESTAMPTZ,
  -- NULL while it may still come.
  outcome TEXT CHECK (outcome IN ('arrived', 'twice', 'lost', 'unordered'))
);
-- Serves what has to be looked for.
CREATE INDEX pennies_open ON probes.pennies (ordered_at) WHERE outcome IS NULL;
-- Serves forgetting what is old.
CREATE INDEX pennies_by_time ON probes.pennies (ordered_at);

-- Failures that incidents know of and that haven't ended: a component and version once ('' is everybody's).
CREATE TABLE probes.failures (
  component TEXT COLLATE "C" NOT NULL,
  version TEXT COLLATE "C" NOT NULL,
  platform TEXT,
  since TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (component, version)
);

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_control') THEN
    GRANT USAGE ON SCHEMA probes TO mainstay_control;
    GRANT SELECT, INSERT, UPDATE, DELETE ON probes.results, probes.pennies, probes.failures
      TO mainstay_control;
  END IF;
END $$;
