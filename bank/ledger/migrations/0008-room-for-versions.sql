-- Each update of an account leaves its old version behind on the page. PostgreSQL clears a page of them when
-- it is read and less of it is free than the fillfactor leaves: at 40 that was nearly each visit, two for
-- each transfer. At 90 it waits until a tenth is left, and room for many versions comes from the row itself:
-- it is opened with a column of spaces, which its first posting drops (see 0010).
ALTER TABLE ledger.accounts
  ADD COLUMN room TEXT STORAGE PLAIN,
  SET (fillfactor = 90);

-- Opens an account. Answers 'posted' when it is there with exactly this content, from this call or an earlier
-- one, and otherwise the code of the refusal. No floor or no ceiling (NULL) means the bounds that keep sums
-- within 64 bits.
CREATE OR REPLACE FUNCTION ledger.open_account(
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
  c_room CONSTANT INTEGER := 200; -- bytes: more than the row itself
  v_found BOOLEAN;
BEGIN
  IF NOT EXISTS (SELECT FROM ledger.book b WHERE starts_with(p_id, b.id || ':')) THEN
    RETURN 'wrong_book';
  END IF;
  IF v_floor > v_ceiling OR v_floor < -4611686018427387904 OR v_ceiling > 4611686018427387904 THEN
    RETURN 'limits_impossible';
  END IF;
  PERFORM set_config('ledger.writer', 'on', TRUE);
  INSERT INTO ledger.accounts (id, kind, currency, floor, ceiling, booked_at, opened_at, room)
  VALUES (p_id, p_kind, p_currency, v_floor, v_ceiling, p_now, p_now, repeat(' ', c_room))
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
