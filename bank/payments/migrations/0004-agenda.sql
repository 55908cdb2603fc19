-- What is still to happen to payments: expire, leave, or be carried on after a crash. A row from the order to
-- the last state. The indexes that served this stood on payments.payments and named its state, so that each
-- of a payment's four steps wrote anew to all of that table's indexes; a step now touches none of them.
CREATE TABLE payments.agenda (
  -- When it is time to look: when the approval expires, and once approved, when the undo window ends.
  due_at TIMESTAMPTZ NOT NULL,
  payment_id TEXT COLLATE "C" PRIMARY KEY
);
CREATE INDEX agenda_by_time ON payments.agenda (due_at);

INSERT INTO payments.agenda (due_at, payment_id)
SELECT COALESCE(leaves_at, approve_until), id
  FROM payments.payments
 WHERE state IN ('awaiting_approval', 'posting', 'leaving', 'sending', 'undoing');

DROP INDEX payments.payments_in_flight;
DROP INDEX payments.payments_unapproved;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON payments.agenda TO mainstay_bank;
  END IF;
END $$;
