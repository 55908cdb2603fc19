-- Who may do what. A process reads everything and writes through functions only. A function that isn't named
-- here is the owner's alone.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC;

DO $$
BEGIN
  -- Control's database, or a server of its own, may not have the role.
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'mainstay_bank') THEN
    GRANT USAGE ON SCHEMA ledger TO mainstay_bank;
    GRANT SELECT ON ALL TABLES IN SCHEMA ledger TO mainstay_bank;
    GRANT EXECUTE ON FUNCTION
      ledger.post,
      ledger.open_account,
      ledger.set_limits,
      ledger.close_account,
      ledger.balance_booked_at,
      ledger.balance_valued_at,
      ledger.read_feed,
      ledger.move_cursor
    TO mainstay_bank;
  END IF;
END $$;
