-- The balance at the end of an instant, by booking time: the last entry not after it. Numbers and booking
-- times rise together, so that entry is found by halving over the primary key: 20 looks for a million
-- entries. An index by time would do it in one, and cost each posting a third more.
CREATE FUNCTION ledger.balance_booked_at(p_account TEXT, p_at TIMESTAMPTZ) RETURNS BIGINT
LANGUAGE plpgsql
STABLE
SET search_path = ledger, pg_temp
AS $$
DECLARE
  -- The entry that is sought has a number from v_low to v_high; 0 is "before the first".
  v_low BIGINT := 0;
  v_high BIGINT;
  v_middle BIGINT;
  v_balance BIGINT := 0;
  r RECORD;
BEGIN
  SELECT COALESCE(max(e.number), 0)
    INTO v_high
    FROM ledger.entries e
   WHERE e.account = p_account;
  v_middle := v_high;
  WHILE v_low < v_high LOOP
    SELECT e.booked_at, e.balance
      INTO STRICT r
      FROM ledger.entries e
     WHERE e.account = p_account
       AND e.number = v_middle;
    IF r.booked_at <= p_at THEN
      v_low := v_middle;
      v_balance := r.balance;
    ELSE
      v_high := v_middle - 1;
    END IF;
    v_middle := (v_low + v_high + 1) / 2;
  END LOOP;
  RETURN v_balance;
END;
$$;

-- The balance at the end of a business date, by value date: the balance booked by then, plus what was booked
-- later but has an earlier value date, less what was booked by then but has a later one.
CREATE FUNCTION ledger.balance_valued_at(p_account TEXT, p_date DATE) RETURNS BIGINT
LANGUAGE sql
STABLE
SET search_path = ledger, pg_temp
AS $$
  WITH cut AS (
    SELECT ((p_date + 1)::TIMESTAMP AT TIME ZONE b.time_zone) - INTERVAL '1 microsecond' AS booked_at
      FROM ledger.book b
  )
  SELECT ledger.balance_booked_at(p_account, cut.booked_at)
         + COALESCE((SELECT sum(CASE
                                  WHEN e.booked_at > cut.booked_at AND e.value_date <= p_date THEN e.amount
                                  WHEN e.booked_at <= cut.booked_at AND e.value_date > p_date THEN -e.amount
                                END)::BIGINT
                       FROM ledger.entries e
                      WHERE e.account = p_account
                        AND e.value_date IS NOT NULL), 0)
    FROM cut;
$$;

-- One page of the change feed: transfers of which nothing older can still appear, after a cursor, in the
-- feed's order. A page never cuts through one place of the feed, so that it can be sorted by entry number
-- within.
CREATE FUNCTION ledger.read_feed(p_epoch INTEGER, p_xid XID8, p_limit INTEGER) RETURNS SETOF ledger.transfers
LANGUAGE sql
STABLE
SET search_path = ledger, pg_temp
AS $$
  SELECT t.*
    FROM ledger.transfers t
   WHERE (t.feed_epoch, t.feed_xid) > (p_epoch, p_xid)
     AND (t.feed_epoch < (SELECT b.epoch FROM ledger.book b)
          OR t.feed_xid < pg_snapshot_xmin(pg_current_snapshot()))
   ORDER BY t.feed_epoch, t.feed_xid
   FETCH FIRST p_limit ROWS WITH TIES;
$$;

-- Moves a consumer's cursor forward, never back. It needn't be on disk when this returns: after a crash, the
-- consumer gets again what it had.
CREATE FUNCTION ledger.move_cursor(p_now TIMESTAMPTZ, p_consumer TEXT, p_epoch INTEGER, p_xid XID8, p_id TEXT)
RETURNS VOID
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = ledger, pg_temp
AS $$
BEGIN
  PERFORM set_config('ledger.writer', 'on', TRUE);
  PERFORM set_config('synchronous_commit', 'off', TRUE);
  INSERT INTO ledger.feed_cursors AS c (consumer, book, epoch, xid, id, moved_at)
  SELECT p_consumer, b.id, p_epoch, p_xid, p_id, p_now
    FROM ledger.book b
  ON CONFLICT (consumer) DO UPDATE
     SET epoch = EXCLUDED.epoch,
         xid = EXCLUDED.xid,
         id = EXCLUDED.id,
         moved_at = EXCLUDED.moved_at
   WHERE (c.epoch, c.xid) < (EXCLUDED.epoch, EXCLUDED.xid);
  PERFORM set_config('ledger.writer', 'off', TRUE);
END;
$$;

-- To be called once, by the owner, after the book was restored or moved to another server, and before anyone
-- posts: transaction ids start anew there. What is in the book counts as older than all that will be posted.
CREATE FUNCTION ledger.raise_epoch() RETURNS INTEGER
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
DECLARE
  v_epoch INTEGER;
BEGIN
  PERFORM set_config('ledger.writer', 'on', TRUE);
  UPDATE ledger.accounts
     SET feed_xid = '0'
   WHERE feed_xid <> '0';
  UPDATE ledger.book
     SET epoch = epoch + 1
  RETURNING epoch INTO v_epoch;
  PERFORM set_config('ledger.writer', 'off', TRUE);
  RETURN v_epoch;
END;
$$;
