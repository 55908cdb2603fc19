-- One row: when a round of probes was begun last. Of several processes, whoever takes it probes.
CREATE TABLE probes.rounds (
  is_only BOOLEAN PRIMARY KEY DEFAULT TRUE CHECK (is_only),
  began_at TIMESTAMPTZ
);
INSERT INTO probes.rounds DEFAULT VALUES;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_control') THEN
    GRANT SELECT, UPDATE ON probes.rounds TO mainstay_control;
  END IF;
END $$;
