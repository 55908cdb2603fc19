-- As in 0004, but: an account that is updated drops its room (0008), holds have places (0009), and plain
-- transfers that are linked take the short way too.
--
-- The one function that moves money. It posts a batch of transfers: locks their accounts in ascending order,
-- looks up what is known already, decides one transfer after the other over arrays in memory, and writes what
-- came out with one statement a table. Any number of processes may call it at once.
--
--   p_accounts           the distinct accounts of the batch, ascending byte by byte
--   p_debits, p_credits  each transfer's accounts as places in p_accounts; NULL where what is named (a hold,
--                        a transfer to reverse) wasn't found, and so has none
--   p_amounts            minor units; NULL for "all that is left" (capture, reversal) and for releases
--   p_leaders            for each member of a linked group its first id; members stand next to one another
--   p_holds              the distinct holds that the batch makes, captures or releases, ascending
--   p_hold_places        the place in p_holds for each transfer that makes, captures or releases one
--   p_types and after    NULL as a whole when the batch is all plain transfers, or none of it has the thing
--
-- Answers the booking time and, unless every transfer was posted anew at that time, per transfer: what became
-- of it ('posted' or a code; with '=' before it where an earlier call decided that), when, and how much.
CREATE FUNCTION ledger.post(
  p_now TIMESTAMPTZ,
  p_accounts TEXT[],
  p_ids TEXT[],
  p_debits INTEGER[],
  p_credits INTEGER[],
  p_amounts BIGINT[],
  p_currencies TEXT[],
  p_kinds TEXT[],
  p_types TEXT[] DEFAULT NULL,
  p_targets TEXT[] DEFAULT NULL,
  p_leaders TEXT[] DEFAULT NULL,
  p_value_dates DATE[] DEFAULT NULL,
  p_expiries TIMESTAMPTZ[] DEFAULT NULL,
  p_details JSONB[] DEFAULT NULL,
  p_holds TEXT[] DEFAULT NULL,
  p_hold_places INTEGER[] DEFAULT NULL,
  OUT booked_at TIMESTAMPTZ,
  OUT codes TEXT[],
  OUT times TIMESTAMPTZ[],
  OUT amounts BIGINT[]
)
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = ledger, pg_temp
-- Arrays look tiny to the planner: without these it joins and scans whole tables.
SET plan_cache_mode = 'force_generic_plan'
SET enable_seqscan = 'off'
SET enable_hashjoin = 'off'
SET enable_mergejoin = 'off'
AS $$
DECLARE
  c_amount_max CONSTANT BIGINT := 9007199254740991; -- 2^53 - 1
  c_balance_min CONSTANT BIGINT := -4611686018427387904; -- -2^62
  c_batch_max CONSTANT INTEGER := 1000;

  n CONSTANT INTEGER := cardinality(p_ids);
  v_epoch INTEGER;
  v_time_zone TEXT;
  v_xid XID8;
  v_obligatory TEXT[];

  -- The accounts, in the order of p_accounts.
  a_place TID[];
  a_currency TEXT[];
  a_floor BIGINT[]; a_ceiling BIGINT[];
  a_posted BIGINT[]; a_held BIGINT[]; a_count BIGINT[]; a_before BIGINT[];
  a_booked TIMESTAMPTZ[];
  a_closed BOOLEAN[]; a_touched BOOLEAN[];
  v_account_booked TIMESTAMPTZ;
  v_account_xid XID8;
  v_any_closed BOOLEAN;

  -- The holds, in the order of p_holds: h_before NULL isn't there yet, h_remaining 0 is used up.
  h_debit TEXT[]; h_credit TEXT[];
  h_remaining BIGINT[]; h_before BIGINT[]; h_expires TIMESTAMPTZ[];
  -- The transfers that the batch reverses, with what is left to reverse of each.
  t_id TEXT[];
  t_debit TEXT[]; t_credit TEXT[];
  t_left BIGINT[]; t_value_date DATE[];

  -- The outcome of each transfer.
  r_amount BIGINT[] := p_amounts;
  r_debit_number BIGINT[]; r_debit_balance BIGINT[];
  r_credit_number BIGINT[]; r_credit_balance BIGINT[];
  r_value_date DATE[] := p_value_dates;
  r_passed BOOLEAN[];
  v_refused BOOLEAN := FALSE;
  v_skewed BOOLEAN; v_usual BOOLEAN;

  v_type TEXT := 'transfer';
  v_code TEXT;
  v_leader TEXT;
  v_broken BOOLEAN := FALSE;
  v_first INTEGER; v_updated INTEGER;
  -- The transfer at hand: its accounts' places, the place of the hold or transfer that it names, its amount.
  d INTEGER; c INTEGER; h INTEGER; t INTEGER; amt BIGINT;
BEGIN
  IF n IS NULL OR n = 0 OR n > c_batch_max OR n <> cardinality(p_debits) OR n <> cardinality(p_credits)
    OR n <> cardinality(p_amounts) OR n <> cardinality(p_currencies) OR n <> cardinality(p_kinds)
    OR n <> COALESCE(cardinality(p_types), n) OR n <> COALESCE(cardinality(p_leaders), n)
  THEN
    RAISE EXCEPTION 'a batch is 1 to % transfers, its arrays equally long', c_batch_max
      USING ERRCODE = 'invalid_parameter_value';
  END IF;

  SELECT b.epoch, b.time_zone
    INTO STRICT v_epoch, v_time_zone
    FROM ledger.book b;

  -- LOCK: the batch's accounts, in the caller's ascending order, so that two batches never wait for each
  -- other in a circle. A row that is locked stays where it is (a_place), so that it needn't be looked up
  -- again to be updated.
  SELECT array_agg(l.place), array_agg(l.currency), array_agg(l.floor), array_agg(l.ceiling),
         array_agg(l.posted), array_agg(l.held), array_agg(l.entry_count), max(l.booked_at),
         max(l.feed_xid), bool_or(l.is_closed)
    INTO a_place, a_currency, a_floor, a_ceiling, a_posted,
         a_held, a_count, v_account_booked, v_account_xid, v_any_closed
    FROM (SELECT a.ctid AS place, a.currency, a.floor, a.ceiling, a.posted, a.held, a.entry_count,
                 a.booked_at, a.feed_xid, a.closed_at IS NOT NULL AS is_closed
            FROM unnest(p_accounts) WITH ORDINALITY AS u (id, i)
            JOIN ledger.accounts a ON a.id = u.id
           ORDER BY u.i
             FOR NO KEY UPDATE OF a) AS l;
  v_skewed := v_account_booked > p_now;
  IF COALESCE(cardinality(a_place), 0) <> cardinality(p_accounts) OR v_any_closed OR v_skewed THEN
    -- The same once more, with NULL where there is no such account; and what is rarely needed.
    SELECT array_agg(a.ctid ORDER BY u.i), array_agg(a.currency ORDER BY u.i),
           array_agg(a.floor ORDER BY u.i), array_agg(a.ceiling ORDER BY u.i),
           array_agg(a.posted ORDER BY u.i), array_agg(a.held ORDER BY u.i),
           array_agg(a.entry_count ORDER BY u.i), array_agg(a.booked_at ORDER BY u.i),
           array_agg(a.closed_at IS NOT NULL ORDER BY u.i)
      INTO a_place, a_currency, a_floor, a_ceiling, a_posted, a_held, a_count, a_booked, a_closed
      FROM unnest(p_accounts) WITH ORDINALITY AS u (id, i)
      LEFT JOIN ledger.accounts a ON a.id = u.id;
  END IF;

  booked_at := p_now;
  -- A batch takes its transaction id before it waits for locks. The place in the feed is never before that of
  -- an earlier entry of the same account; a reader sees it only when both transactions have ended.
  v_xid := GREATEST(pg_current_xact_id(), v_account_xid);

  -- What is known already: looked up AFTER the locks, in a new statement and so with a new snapshot.
  IF EXISTS (SELECT FROM ledger.transfers k WHERE k.id = ANY (p_ids))
    OR EXISTS (SELECT FROM ledger.refusals k WHERE k.id = ANY (p_ids))
  THEN
    SELECT k.codes, k.times, k.amounts
      INTO codes, times, r_amount
      FROM ledger.known_outcomes(p_now, p_accounts, p_ids, p_debits, p_credits, p_amounts, p_currencies,
                                 p_kinds, p_types, p_targets, p_leaders, p_details) AS k;
  END IF;

  v_usual := NOT v_skewed AND NOT v_any_closed AND p_value_dates IS NULL;
  a_before := a_count;
  a_touched := array_fill(FALSE, ARRAY[cardinality(p_accounts)]);
  r_debit_number := array_fill(NULL::BIGINT, ARRAY[n]);
  r_debit_balance := r_debit_number;
  r_credit_number := r_debit_number;
  r_credit_balance := r_debit_number;

  IF p_types IS NOT NULL THEN
    IF p_holds IS NOT NULL THEN
      SELECT k.debits, k.credits, k.remaining, k.remaining, k.expiries
        INTO h_debit, h_credit, h_remaining, h_before, h_expires
        FROM ledger.find_holds(p_holds) AS k;
    END IF;
    IF 'reversal' = ANY (p_types) THEN
      SELECT k.ids, k.debits, k.credits, k.lefts, k.value_dates
        INTO t_id, t_debit, t_credit, t_left, t_value_date
        FROM ledger.reversible(p_targets, v_time_zone) AS k;
    END IF;
  END IF;

  FOR i IN 1 .. n LOOP
    CONTINUE WHEN codes[i] IS NOT NULL; -- It is known already.
    d := p_debits[i];
    c := p_credits[i];
    amt := p_amounts[i];
    IF p_leaders IS NOT NULL AND p_leaders[i] IS DISTINCT FROM v_leader THEN
      v_leader := p_leaders[i];
      v_first := i;
      v_broken := FALSE;
    END IF;
    IF v_usual
      AND (p_types IS NULL OR p_types[i] = 'transfer')
      AND NOT v_broken
      AND d <> c AND amt > 0 AND amt <= c_amount_max
      AND a_currency[d] = p_currencies[i] AND a_currency[c] = p_currencies[i]
      AND a_posted[d] - a_held[d] - amt >= a_floor[d] AND a_posted[c] + amt <= a_ceiling[c]
    THEN
      -- By far the most frequent case, in as few steps as it can be done.
      a_posted[d] := a_posted[d] - amt;
      a_posted[c] := a_posted[c] + amt;
      a_count[d] := a_count[d] + 1;
      a_count[c] := a_count[c] + 1;
      r_debit_number[i] := a_count[d];
      r_debit_balance[i] := a_posted[d];
      r_credit_number[i] := a_count[c];
      r_credit_balance[i] := a_posted[c];
      CONTINUE;
    END IF;
    v_code := NULL;
    IF p_types IS NOT NULL THEN
      v_type := p_types[i];
    END IF;

    h := p_hold_places[i];
    IF v_type IN ('hold', 'capture', 'release')
      AND p_holds[h] IS DISTINCT FROM COALESCE(p_targets[i], p_ids[i])
    THEN
      RAISE EXCEPTION 'transfer %: its hold has another place', p_ids[i]
        USING ERRCODE = 'invalid_parameter_value';
    END IF;

    IF v_broken THEN
      v_code := 'linked_refused';
    ELSIF v_type = 'transfer' OR v_type = 'hold' THEN
      IF amt IS NULL OR amt <= 0 OR amt > c_amount_max OR d = c OR d IS NULL OR c IS NULL THEN
        RAISE EXCEPTION 'transfer %: an amount is 1 to 2^53 - 1, between two accounts', p_ids[i]
          USING ERRCODE = 'invalid_parameter_value';
      END IF;
    ELSIF v_type <> 'capture' AND v_type <> 'release' AND v_type <> 'reversal' THEN
      RAISE EXCEPTION 'transfer %: there is no type %', p_ids[i], v_type
        USING ERRCODE = 'invalid_parameter_value';
    ELSIF d IS NULL OR c IS NULL THEN
      -- When the caller looked, what it names wasn't there.
      v_code := CASE WHEN v_type = 'reversal' THEN 'transfer_not_found' ELSE 'hold_not_found' END;
    ELSIF v_type = 'reversal' THEN
      t := array_position(t_id, p_targets[i]);
      IF t IS NULL THEN
        v_code := CASE
          WHEN EXISTS (SELECT FROM ledger.transfers k WHERE k.id = p_targets[i]) THEN 'not_reversible'
          ELSE 'transfer_not_found'
        END;
      ELSE
        PERFORM ledger.same_accounts(p_ids[i], t_credit[t], t_debit[t], p_accounts[d], p_accounts[c], amt);
        amt := COALESCE(amt, t_left[t]);
        IF amt > t_left[t] OR amt = 0 THEN
          v_code := 'reversal_exceeds';
        END IF;
      END IF;
    ELSE
      IF h_remaining[h] IS NULL THEN
        v_code := CASE
          WHEN EXISTS (SELECT FROM ledger.transfers k WHERE k.id = p_targets[i] AND k.type = 'hold')
            THEN 'hold_exhausted'
          ELSE 'hold_not_found'
        END;
      ELSIF h_remaining[h] = 0 THEN
        v_code := 'hold_exhausted';
      ELSE
        IF h_debit[h] <> p_accounts[d] OR h_credit[h] <> p_accounts[c] OR amt <= 0 THEN
          PERFORM ledger.same_accounts(p_ids[i], h_debit[h], h_credit[h], p_accounts[d], p_accounts[c], amt);
        END IF;
        amt := COALESCE(amt, h_remaining[h]);
        IF amt > h_remaining[h] THEN
          v_code := 'capture_exceeds_hold';
        ELSIF v_type = 'capture' AND h_expires[h] <= booked_at THEN
          v_code := 'hold_expired';
        END IF;
      END IF;
    END IF;

    IF v_code IS NOT NULL THEN
      NULL;
    ELSIF a_currency[d] IS NULL OR a_currency[c] IS NULL THEN
      v_code := 'account_not_found';
    ELSIF a_currency[d] <> a_currency[c] OR p_currencies[i] <> a_currency[d] THEN
      v_code := 'currency_mismatch';
    ELSIF v_any_closed AND (a_closed[d] OR a_closed[c]) THEN
      v_code := 'account_closed';
    ELSIF v_type <> 'hold' AND v_type <> 'release' AND a_posted[c] + amt > a_ceiling[c] THEN
      v_code := 'over_ceiling';
    ELSIF v_type <> 'capture' AND v_type <> 'release' AND a_posted[d] - a_held[d] - amt < a_floor[d] THEN
      v_obligatory := COALESCE(v_obligatory, ARRAY(SELECT k.kind FROM ledger.obligatory_kinds k));
      IF v_type <> 'hold' AND p_kinds[i] = ANY (v_obligatory)
        AND a_posted[d] - a_held[d] - amt >= c_balance_min
      THEN
        r_passed := COALESCE(r_passed, array_fill(FALSE, ARRAY[n]));
        r_passed[i] := TRUE;
      ELSE
        v_code := 'insufficient_funds';
      END IF;
    END IF;

    IF v_code IS NOT NULL THEN
      IF codes IS NULL THEN codes := array_fill(NULL::TEXT, ARRAY[n]); END IF;
      codes[i] := v_code;
      v_refused := TRUE;
      IF v_leader IS NOT NULL AND NOT v_broken THEN
        -- Takes the group's earlier members back, last first.
        v_broken := TRUE;
        FOR j IN REVERSE i - 1 .. v_first LOOP
          d := p_debits[j];
          c := p_credits[j];
          amt := r_amount[j];
          codes[j] := 'linked_refused';
          IF p_types[j] IN ('hold', 'capture', 'release') THEN
            h := p_hold_places[j];
            h_remaining[h] := h_remaining[h] + CASE WHEN p_types[j] = 'hold' THEN -amt ELSE amt END;
            a_held[d] := a_held[d] + CASE WHEN p_types[j] = 'hold' THEN -amt ELSE amt END;
          ELSIF p_types[j] = 'reversal' THEN
            t := array_position(t_id, p_targets[j]);
            t_left[t] := t_left[t] + amt;
          END IF;
          IF r_debit_number[j] IS NOT NULL THEN
            a_posted[d] := a_posted[d] + amt;
            a_posted[c] := a_posted[c] - amt;
            a_count[d] := a_count[d] - 1;
            a_count[c] := a_count[c] - 1;
          END IF;
        END LOOP;
      END IF;
      CONTINUE;
    END IF;

    a_touched[d] := TRUE;
    a_touched[c] := TRUE;
    IF v_skewed THEN
      times := COALESCE(times, array_fill(p_now, ARRAY[n]));
      times[i] := GREATEST(p_now, a_booked[d], a_booked[c]);
      a_booked[d] := times[i];
      a_booked[c] := times[i];
    END IF;
    IF v_type <> 'transfer' THEN
      r_amount[i] := amt;
      IF v_type = 'hold' THEN
        a_held[d] := a_held[d] + amt;
        h_debit[h] := p_accounts[d];
        h_credit[h] := p_accounts[c];
        h_remaining[h] := amt;
        h_expires[h] := p_expiries[i];
        CONTINUE;
      ELSIF v_type = 'reversal' THEN
        t_left[t] := t_left[t] - amt;
        r_value_date := COALESCE(r_value_date, array_fill(NULL::DATE, ARRAY[n]));
        r_value_date[i] := t_value_date[t];
      ELSE
        a_held[d] := a_held[d] - amt;
        h_remaining[h] := h_remaining[h] - amt;
        IF v_type = 'release' THEN
          CONTINUE;
        END IF;
      END IF;
    END IF;
    IF r_value_date IS NOT NULL THEN
      -- Only a value date that isn't the booking's own date is kept.
      r_value_date[i] := NULLIF(r_value_date[i],
                                (COALESCE(times[i], booked_at) AT TIME ZONE v_time_zone)::DATE);
    END IF;
    a_posted[d] := a_posted[d] - amt;
    a_posted[c] := a_posted[c] + amt;
    a_count[d] := a_count[d] + 1;
    a_count[c] := a_count[c] + 1;
    r_debit_number[i] := a_count[d];
    r_debit_balance[i] := a_posted[d];
    r_credit_number[i] := a_count[c];
    r_credit_balance[i] := a_posted[c];
  END LOOP;

  PERFORM set_config('ledger.writer', 'on', TRUE);
  PERFORM ledger.write_transfers(
    p_accounts, p_ids, p_debits, p_credits, p_amounts, p_kinds, p_types, p_targets, p_leaders, p_expiries,
    p_details, codes, times, booked_at, r_amount, a_currency, r_value_date, r_passed, r_debit_number,
    r_debit_balance, r_credit_number, r_credit_balance, v_epoch, v_xid);

  UPDATE ledger.accounts a
     SET posted = a_posted[i],
         held = a_held[i],
         entry_count = a_count[i],
         booked_at = GREATEST(a_booked[i], p_now),
         feed_xid = v_xid,
         room = NULL
    FROM generate_series(1, cardinality(p_accounts)) AS i
   WHERE a.ctid = a_place[i]
     AND (a_count[i] <> a_before[i] OR a_touched[i]);
  GET DIAGNOSTICS v_updated = ROW_COUNT;
  IF v_updated <> cardinality(a_place)
    AND v_updated <> (SELECT count(*)
                        FROM generate_series(1, cardinality(p_accounts)) AS i
                       WHERE a_count[i] <> a_before[i]
                          OR a_touched[i])
  THEN
    RAISE EXCEPTION 'the accounts of a batch are distinct' USING ERRCODE = 'invalid_parameter_value';
  END IF;

  IF v_refused THEN
    PERFORM ledger.write_refusals(p_now, p_accounts, p_ids, p_debits, p_credits, p_amounts, p_currencies,
                                  p_kinds, p_types, p_targets, p_leaders, p_details, codes);
  END IF;

  IF p_holds IS NOT NULL THEN
    PERFORM ledger.write_holds(p_holds, h_debit, h_credit, h_before, h_remaining, h_expires);
  END IF;

  PERFORM set_config('ledger.writer', 'off', TRUE);

  IF p_types IS NOT NULL OR codes IS NOT NULL THEN
    amounts := r_amount;
  END IF;
END;
$$;
