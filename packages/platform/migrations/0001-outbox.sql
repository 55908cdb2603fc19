-- The domain outbox: what happened, written in the transaction of the change itself. Consumers read it in
-- order. xid orders commits safely: a reader takes only rows of transactions older than the oldest one still
-- running.
CREATE TABLE platform.outbox (
  xid XID8 NOT NULL DEFAULT pg_current_xact_id(),
  id TEXT COLLATE "C" NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload JSONB NOT NULL,
  occurred_at TIMESTAMPTZ NOT NULL,
  -- The order in which consumers read; also finds where a cursor stands.
  PRIMARY KEY (xid, id)
);

-- How far each consumer of the outbox has read.
CREATE TABLE platform.outbox_cursors (
  consumer TEXT PRIMARY KEY,
  xid XID8 NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  moved_at TIMESTAMPTZ NOT NULL
);

DO $$
DECLARE
  process_role TEXT;
BEGIN
  FOREACH process_role IN ARRAY ARRAY['mainstay_bank', 'mainstay_control'] LOOP
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = process_role) THEN
      EXECUTE format('GRANT USAGE ON SCHEMA platform TO %I', process_role);
      EXECUTE format('GRANT SELECT, INSERT ON platform.outbox TO %I', process_role);
      EXECUTE format('GRANT SELECT, INSERT, UPDATE ON platform.outbox_cursors TO %I', process_role);
      EXECUTE format('GRANT SELECT ON platform.migrations TO %I', process_role);
    END IF;
  END LOOP;
END $$;
