-- The review of an incident: what people write beside the record, and what they owe the regulator.

CREATE TABLE incidents.reviews (
  incident_id TEXT COLLATE "C" PRIMARY KEY REFERENCES incidents.incidents (id),
  -- Rises with every edit. The draft that the record itself makes is the first.
  draft INTEGER NOT NULL CHECK (draft >= 1),
  reader_id TEXT,
  reader_name TEXT,
  reader_asked_at TIMESTAMPTZ,
  -- Null again as soon as a text changes: what was read is what is closed.
  read_at TIMESTAMPTZ,
  closed_at TIMESTAMPTZ,
  closed_by_id TEXT,
  closed_by_name TEXT,
  -- The review as it was closed, in JSON: its figures don't change any more.
  closed_review TEXT,
  CHECK ((closed_at IS NULL) = (closed_review IS NULL))
);

-- What people have written; a part that isn't here is drafted from the record.
CREATE TABLE incidents.review_texts (
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.reviews (incident_id),
  part TEXT NOT NULL,
  -- Facts stand in it as {key}.
  text TEXT NOT NULL,
  PRIMARY KEY (incident_id, part)
);

CREATE TABLE incidents.review_actions (
  id TEXT COLLATE "C" PRIMARY KEY,
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.reviews (incident_id),
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  what TEXT NOT NULL,
  owner_id TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  -- A date in the bank's time zone.
  due DATE NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'moved')),
  note TEXT,
  CHECK (state <> 'moved' OR note IS NOT NULL)
);
-- Serves a review's actions, in the order in which they were made.
CREATE INDEX review_actions_in_order ON incidents.review_actions (incident_id, number);

-- Every edit, with what it made of what: nothing that somebody wrote is lost.
CREATE TABLE incidents.review_edits (
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.reviews (incident_id),
  draft INTEGER NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  -- A part's name, actions, check or reader.
  what TEXT NOT NULL,
  -- What it says since, in JSON.
  content TEXT NOT NULL,
  PRIMARY KEY (incident_id, draft)
);

-- What a person signed on the regulator's question; the latest one holds.
CREATE TABLE incidents.classifications (
  number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.incidents (id),
  classified_as TEXT NOT NULL CHECK (classified_as IN ('major', 'not-major')),
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  at TIMESTAMPTZ NOT NULL,
  reason TEXT NOT NULL
);
-- Serves an incident's latest classification.
CREATE INDEX classifications_of_incident ON incidents.classifications (incident_id, number DESC);

-- Reports that went to a regulator, one for each deadline.
CREATE TABLE incidents.reports (
  incident_id TEXT COLLATE "C" NOT NULL REFERENCES incidents.incidents (id),
  deadline TEXT NOT NULL,
  sent_at TIMESTAMPTZ NOT NULL,
  by_id TEXT NOT NULL,
  by_name TEXT NOT NULL,
  PRIMARY KEY (incident_id, deadline)
);

GRANT SELECT, INSERT, UPDATE ON incidents.reviews, incidents.review_texts, incidents.review_actions
TO mainstay_control;
GRANT SELECT, INSERT ON incidents.review_edits, incidents.classifications, incidents.reports
TO mainstay_control;
