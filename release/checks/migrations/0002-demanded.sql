-- What incidents have taught: journeys that every later version must pass before it is registered. A demand
-- is never taken back.

CREATE TABLE checks.demanded (
  id TEXT COLLATE "C" PRIMARY KEY,
  incident TEXT COLLATE "C" NOT NULL,
  -- As people call it: INC-0041.
  incident_number TEXT NOT NULL,
  journey TEXT COLLATE "C" NOT NULL,
  title TEXT NOT NULL,
  -- The version on which it was red; NULL where no check had shown it.
  failed_on TEXT,
  demanded_at TIMESTAMPTZ NOT NULL,
  demanded_by TEXT NOT NULL,
  demanded_by_name TEXT NOT NULL,
  -- An incident demands a journey once. Serves "what does this incident demand".
  UNIQUE (incident, journey)
);

-- A run of the demanded journeys alone says nothing of the others, and isn't a version's matrix.
ALTER TABLE checks.runs
  ADD COLUMN purpose TEXT NOT NULL DEFAULT 'whole' CHECK (purpose IN ('whole', 'demanded'));

-- Serves "how did these bytes fare in each journey".
CREATE INDEX runs_by_manifest ON checks.runs (candidate, manifest_sha256);

GRANT SELECT, INSERT ON checks.demanded TO mainstay_control;
