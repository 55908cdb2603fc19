-- As in 0007: a process may post, and nobody else.
REVOKE ALL ON FUNCTION ledger.post FROM PUBLIC;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT EXECUTE ON FUNCTION ledger.post TO mainstay_bank;
  END IF;
END $$;
