-- The evidence right after each of the candidate's first log-ins: while they are few, each is drawn.
CREATE TABLE signals.steps (
  rollout TEXT COLLATE "C" NOT NULL,
  attempt TEXT COLLATE "C" NOT NULL,
  log_evidence DOUBLE PRECISION NOT NULL,
  -- Serves adding it to the log-ins that a page shows.
  PRIMARY KEY (rollout, attempt)
);

GRANT SELECT, INSERT ON signals.steps TO mainstay_control;
