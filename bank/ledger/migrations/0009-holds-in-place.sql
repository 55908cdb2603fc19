-- The caller gives each hold its place, as it does for accounts: looking a text up in an array copies the
-- array each time.
DROP FUNCTION ledger.post;

-- The holds that a batch names, in the order of their places; NULL where there is none, or none is left.
-- Called after the locks.
CREATE FUNCTION ledger.find_holds(
  p_holds TEXT[],
  OUT debits TEXT[],
  OUT credits TEXT[],
  OUT remaining BIGINT[],
  OUT expiries TIMESTAMPTZ[]
)
LANGUAGE plpgsql
STABLE
SET search_path = ledger, pg_temp
AS $$
DECLARE
  v_distinct INTEGER;
BEGIN
  SELECT array_agg(l.debit_account), array_agg(l.credit_account), array_agg(l.remaining),
         array_agg(l.expires_at), count(DISTINCT l.id)
    INTO debits, credits, remaining, expiries, v_distinct
    FROM (SELECT u.id, k.debit_account, k.credit_account, k.remaining, k.expires_at
            FROM unnest(p_holds) WITH ORDINALITY AS u (id, i)
            LEFT JOIN ledger.holds k ON k.id = u.id
           ORDER BY u.i) AS l;
  IF v_distinct <> cardinality(p_holds) THEN
    RAISE EXCEPTION 'the holds of a batch are distinct' USING ERRCODE = 'invalid_parameter_value';
  END IF;
END;
$$;
REVOKE ALL ON FUNCTION ledger.find_holds FROM PUBLIC;
