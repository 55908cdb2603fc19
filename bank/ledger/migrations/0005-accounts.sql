-- Opens an account. Answers 'posted' when it is there with exactly this content, from this call or an earlier
-- one, and otherwise the code of the refusal. No floor or no ceiling (NULL) means the bounds that keep sums
-- within 64 bits.
CREATE FUNCTION ledger.open_account(
  p_now TIMESTAMPTZ,
  p_id TEXT,
  p_kind TEXT,
  p_currency TEXT,
  p_floor BIGINT,
  p_ceiling BIGINT
) RETURNS TEXT
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
DECLARE
  v_floor CONSTANT BIGINT := COALESCE(p_floor, -4611686018427387904);
  v_ceiling CONSTANT BIGINT := COALESCE(p_ceiling, 4611686018427387904);
  v_found BOOLEAN;
BEGIN
  IF NOT EXISTS (SELECT FROM ledger.book b WHERE starts_with(p_id, b.id || ':')) THEN
    RETURN 'wrong_book';
  END IF;
  IF v_floor > v_ceiling OR v_floor < -4611686018427387904 OR v_ceiling > 4611686018427387904 THEN
    RETURN 'limits_impossible';
  END IF;
  PERFORM set_config('ledger.writer', 'on', TRUE);
  INSERT INTO ledger.accounts (id, kind, currency, floor, ceiling, booked_at, opened_at)
  VALUES (p_id, p_kind, p_currency, v_floor, v_ceiling, p_now, p_now)
  ON CONFLICT (id) DO NOTHING;
  v_found := FOUND;
  PERFORM set_config('ledger.writer', 'off', TRUE);
  IF v_found THEN
    RETURN 'posted';
  END IF;
  RETURN (SELECT CASE
                   WHEN a.kind = p_kind AND a.currency = p_currency AND a.closed_at IS NULL THEN 'posted'
                   ELSE 'account_exists'
                 END
            FROM ledger.accounts a
           WHERE a.id = p_id);
END;
$$;

-- Sets both bounds. A balance that lies outside of them stays where it is: what would take it further is
-- refused.
CREATE FUNCTION ledger.set_limits(p_id TEXT, p_floor BIGINT, p_ceiling BIGINT) RETURNS TEXT
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
DECLARE
  v_floor CONSTANT BIGINT := COALESCE(p_floor, -4611686018427387904);
  v_ceiling CONSTANT BIGINT := COALESCE(p_ceiling, 4611686018427387904);
  v_found BOOLEAN;
BEGIN
  IF v_floor > v_ceiling OR v_floor < -4611686018427387904 OR v_ceiling > 4611686018427387904 THEN
    RETURN 'limits_impossible';
  END IF;
  PERFORM set_config('ledger.writer', 'on', TRUE);
  UPDATE ledger.accounts a
     SET floor = v_floor,
         ceiling = v_ceiling
   WHERE a.id = p_id;
  v_found := FOUND;
  PERFORM set_config('ledger.writer', 'off', TRUE);
  RETURN CASE WHEN v_found THEN 'posted' ELSE 'account_not_found' END;
END;
$$;

-- Closes an account that is empty and holds nothing. Closing it once more changes nothing.
CREATE FUNCTION ledger.close_account(p_now TIMESTAMPTZ, p_id TEXT) RETURNS TEXT
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
DECLARE
  v_account ledger.accounts;
BEGIN
  -- LOCK: nothing may be posted between the look at the balance and the closing.
  SELECT *
    INTO v_account
    FROM ledger.accounts a
   WHERE a.id = p_id
     FOR NO KEY UPDATE;
  IF v_account.id IS NULL THEN
    RETURN 'account_not_found';
  END IF;
  -- A hold names its creditor too, and could no longer be captured.
  IF v_account.posted <> 0 OR v_account.held <> 0
    OR EXISTS (SELECT FROM ledger.holds h WHERE h.credit_account = p_id)
  THEN
    RETURN 'account_not_empty';
  END IF;
  PERFORM set_config('ledger.writer', 'on', TRUE);
  UPDATE ledger.accounts a
     SET closed_at = GREATEST(p_now, a.booked_at)
   WHERE a.id = p_id
     AND a.closed_at IS NULL;
  PERFORM set_config('ledger.writer', 'off', TRUE);
  RETURN 'posted';
END;
$$;
