-- What versions were checked for, and how each check ended. Runs are kept as they came and never change.

CREATE SCHEMA checks;

CREATE TABLE checks.runs (
  id TEXT COLLATE "C" PRIMARY KEY,
  candidate TEXT COLLATE "C" NOT NULL,
  -- The result counts for these very bytes.
  manifest_sha256 TEXT NOT NULL,
  stable TEXT,
  -- By the clock of the machine that checked.
  started_at TIMESTAMPTZ NOT NULL,
  ended_at TIMESTAMPTZ NOT NULL,
  server_now TEXT NOT NULL,
  server_next TEXT,
  browser TEXT NOT NULL,
  green INTEGER NOT NULL CHECK (green >= 0),
  total INTEGER NOT NULL CHECK (total > 0 AND green <= total),
  -- By control's clock: the latest run is the one taken last.
  taken_at TIMESTAMPTZ NOT NULL
);
-- Serves "the latest run of this version".
CREATE INDEX runs_by_candidate ON checks.runs (candidate, taken_at DESC, id DESC);

CREATE TABLE checks.cells (
  run_id TEXT COLLATE "C" NOT NULL REFERENCES checks.runs (id),
  position INTEGER NOT NULL,
  version TEXT NOT NULL,
  protocol TEXT NOT NULL,
  server TEXT NOT NULL CHECK (server IN ('now', 'next')),
  journey TEXT NOT NULL,
  title TEXT NOT NULL,
  result TEXT NOT NULL CHECK (result IN ('passed', 'failed', 'skipped')),
  ms INTEGER NOT NULL CHECK (ms >= 0),
  reason TEXT,
  -- A JSON list of steps, as the wire carries them.
  steps TEXT NOT NULL,
  picture TEXT,
  -- Serves "all cells of this run, in order".
  PRIMARY KEY (run_id, position)
);

GRANT USAGE ON SCHEMA checks TO mainstay_control;
GRANT SELECT, INSERT ON checks.runs, checks.cells TO mainstay_control;
