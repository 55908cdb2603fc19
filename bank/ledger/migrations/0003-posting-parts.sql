-- Parts of ledger.post, each called at most once for a batch, by it alone.

-- What earlier calls have decided of a batch: per transfer the code with '=' before it, the time and the
-- amount, or NULL where the id is new. The same id with other content is a conflict; so is a linked group as
-- a whole when only some of it is known, or one of its members is in conflict. Called after the locks.
CREATE FUNCTION ledger.known_outcomes(
  p_now TIMESTAMPTZ,
  p_accounts TEXT[],
  p_ids TEXT[],
  p_debits INTEGER[],
  p_credits INTEGER[],
  p_amounts BIGINT[],
  p_currencies TEXT[],
  p_kinds TEXT[],
  p_types TEXT[],
  p_targets TEXT[],
  p_leaders TEXT[],
  p_details JSONB[],
  OUT codes TEXT[],
  OUT times TIMESTAMPTZ[],
  OUT amounts BIGINT[]
)
LANGUAGE plpgsql
STABLE
SET search_path = ledger, pg_temp
AS $$
DECLARE
  n CONSTANT INTEGER := cardinality(p_ids);
  i INTEGER;
  r RECORD;
BEGIN
  codes := array_fill(NULL::TEXT, ARRAY[n]);
  times := array_fill(p_now, ARRAY[n]);
  amounts := p_amounts;
  FOR r IN
    SELECT k.id, 'posted' AS code, k.type, k.kind, k.debit_account, k.credit_account, k.amount, k.currency,
           k.whole, k.target_id, k.linked_with, k.details, k.booked_at
      FROM ledger.transfers k
     WHERE k.id = ANY (p_ids)
     UNION ALL
    SELECT k.id, k.code, k.type, k.kind, k.debit_account, k.credit_account, k.amount, k.currency,
           k.whole, k.target_id, k.linked_with, k.details, k.refused_at
      FROM ledger.refusals k
     WHERE k.id = ANY (p_ids)
  LOOP
    i := array_position(p_ids, r.id);
    -- The same content is all that the caller sends but times. What names another transfer has its accounts
    -- from it.
    IF r.type = COALESCE(p_types[i], 'transfer')
      AND r.kind = p_kinds[i]
      AND r.whole = (p_amounts[i] IS NULL)
      AND (r.whole OR (r.amount = p_amounts[i] AND r.currency = p_currencies[i]))
      AND r.target_id IS NOT DISTINCT FROM p_targets[i]
      AND (r.target_id IS NOT NULL
           OR (r.debit_account = p_accounts[p_debits[i]] AND r.credit_account = p_accounts[p_credits[i]]))
      AND r.linked_with IS NOT DISTINCT FROM p_leaders[i]
      AND r.details IS NOT DISTINCT FROM p_details[i]
    THEN
      codes[i] := '=' || r.code;
      times[i] := r.booked_at;
      amounts[i] := r.amount;
    ELSE
      codes[i] := '=id_conflict';
    END IF;
  END LOOP;
  FOR r IN
    SELECT u.leader
      FROM unnest(p_leaders, codes) AS u (leader, code)
     WHERE u.leader IS NOT NULL
     GROUP BY u.leader
    HAVING bool_or(u.code IS NOT NULL) AND (bool_or(u.code IS NULL) OR bool_or(u.code = '=id_conflict'))
  LOOP
    FOR i IN 1 .. n LOOP
      IF p_leaders[i] = r.leader THEN
        codes[i] := '=id_conflict';
      END IF;
    END LOOP;
  END LOOP;
END;
$$;

-- Writes what became of holds: new ones (p_before is NULL), smaller ones, and none where nothing is left.
CREATE FUNCTION ledger.write_holds(
  p_ids TEXT[],
  p_debits TEXT[],
  p_credits TEXT[],
  p_before BIGINT[],
  p_remaining BIGINT[],
  p_expiries TIMESTAMPTZ[]
) RETURNS VOID
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
BEGIN
  DELETE FROM ledger.holds k
   USING generate_series(1, cardinality(p_ids)) AS i
   WHERE k.id = p_ids[i]
     AND p_before[i] IS NOT NULL
     AND p_remaining[i] = 0;
  UPDATE ledger.holds k
     SET remaining = p_remaining[i]
    FROM generate_series(1, cardinality(p_ids)) AS i
   WHERE k.id = p_ids[i]
     AND p_before[i] <> p_remaining[i]
     AND p_remaining[i] > 0;
  INSERT INTO ledger.holds (id, debit_account, credit_account, remaining, expires_at)
  SELECT p_ids[i], p_debits[i], p_credits[i], p_remaining[i], p_expiries[i]
    FROM generate_series(1, cardinality(p_ids)) AS i
   WHERE p_before[i] IS NULL
     AND p_remaining[i] > 0
   ORDER BY p_ids[i] COLLATE "C";
END;
$$;

-- What can still be reversed of the transfers that a batch names, and the value date to take over.
-- Whoever reverses has both accounts locked, so that reversals together never exceed the original.
CREATE FUNCTION ledger.reversible(
  p_targets TEXT[],
  p_time_zone TEXT,
  OUT ids TEXT[],
  OUT debits TEXT[],
  OUT credits TEXT[],
  OUT lefts BIGINT[],
  OUT value_dates DATE[]
)
LANGUAGE sql
STABLE
SET search_path = ledger, pg_temp
AS $$
  SELECT array_agg(k.id),
         array_agg(k.debit_account),
         array_agg(k.credit_account),
         array_agg(k.amount - COALESCE((SELECT sum(v.amount)::BIGINT
                                          FROM ledger.transfers v
                                         WHERE v.target_id = k.id
                                           AND v.type = 'reversal'), 0)),
         array_agg(COALESCE(k.value_date, (k.booked_at AT TIME ZONE p_time_zone)::DATE))
    FROM ledger.transfers k
   WHERE k.id = ANY (p_targets)
     AND k.type IN ('transfer', 'capture');
$$;

-- Writes what was posted: the transfers, and the two entries of each that moved money.
CREATE FUNCTION ledger.write_transfers(
  p_accounts TEXT[],
  p_ids TEXT[],
  p_debits INTEGER[],
  p_credits INTEGER[],
  p_asked BIGINT[],
  p_kinds TEXT[],
  p_types TEXT[],
  p_targets TEXT[],
  p_leaders TEXT[],
  p_expiries TIMESTAMPTZ[],
  p_details JSONB[],
  p_codes TEXT[],
  p_times TIMESTAMPTZ[],
  p_booked_at TIMESTAMPTZ,
  p_amounts BIGINT[],
  p_currencies TEXT[],
  p_value_dates DATE[],
  p_passed BOOLEAN[],
  p_debit_numbers BIGINT[],
  p_debit_balances BIGINT[],
  p_credit_numbers BIGINT[],
  p_credit_balances BIGINT[],
  p_epoch INTEGER,
  p_xid XID8
) RETURNS VOID
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
BEGIN
  -- Sorted by id, so that two batches which insert the same ids never wait for each other in a circle.
  INSERT INTO ledger.transfers (
    id, type, kind, debit_account, credit_account, amount, currency,
    booked_at, value_date, whole, passed_floor,
    debit_number, debit_balance, credit_number, credit_balance,
    target_id, linked_with, expires_at, details, feed_epoch, feed_xid)
  SELECT p_ids[i], COALESCE(p_types[i], 'transfer'), p_kinds[i], p_accounts[p_debits[i]],
         p_accounts[p_credits[i]], p_amounts[i], p_currencies[p_debits[i]],
         COALESCE(p_times[i], p_booked_at), p_value_dates[i], p_asked[i] IS NULL,
         COALESCE(p_passed[i], FALSE),
         p_debit_numbers[i], p_debit_balances[i], p_credit_numbers[i], p_credit_balances[i],
         p_targets[i], p_leaders[i], p_expiries[i], p_details[i], p_epoch, p_xid
    FROM generate_series(1, cardinality(p_ids)) AS i
   WHERE p_codes[i] IS NULL
   ORDER BY p_ids[i] COLLATE "C";

  -- The locks of their accounts keep entries apart, so these need no order.
  INSERT INTO ledger.entries (account, number, amount, balance, booked_at, value_date, transfer_id)
  SELECT p_accounts[p_debits[i]], p_debit_numbers[i], -p_amounts[i], p_debit_balances[i],
         COALESCE(p_times[i], p_booked_at), p_value_dates[i], p_ids[i]
    FROM generate_series(1, cardinality(p_ids)) AS i
   WHERE p_codes[i] IS NULL
     AND p_debit_numbers[i] IS NOT NULL
   UNION ALL
  SELECT p_accounts[p_credits[i]], p_credit_numbers[i], p_amounts[i], p_credit_balances[i],
         COALESCE(p_times[i], p_booked_at), p_value_dates[i], p_ids[i]
    FROM generate_series(1, cardinality(p_ids)) AS i
   WHERE p_codes[i] IS NULL
     AND p_credit_numbers[i] IS NOT NULL;
END;
$$;

-- Keeps the refusals of a batch: their ids are used up. Codes with '=' before them were kept before.
CREATE FUNCTION ledger.write_refusals(
  p_now TIMESTAMPTZ,
  p_accounts TEXT[],
  p_ids TEXT[],
  p_debits INTEGER[],
  p_credits INTEGER[],
  p_amounts BIGINT[],
  p_currencies TEXT[],
  p_kinds TEXT[],
  p_types TEXT[],
  p_targets TEXT[],
  p_leaders TEXT[],
  p_details JSONB[],
  p_codes TEXT[]
) RETURNS VOID
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
BEGIN
  INSERT INTO ledger.refusals (
    id, code, type, kind, debit_account, credit_account, amount, currency, whole, target_id, linked_with,
    details, refused_at)
  SELECT p_ids[i], p_codes[i], COALESCE(p_types[i], 'transfer'), p_kinds[i], p_accounts[p_debits[i]],
         p_accounts[p_credits[i]], p_amounts[i], p_currencies[i], p_amounts[i] IS NULL, p_targets[i],
         p_leaders[i], p_details[i], p_now
    FROM generate_series(1, cardinality(p_ids)) AS i
   WHERE p_codes[i] IS NOT NULL
     AND NOT starts_with(p_codes[i], '=')
   ORDER BY p_ids[i] COLLATE "C";
END;
$$;

-- What names a hold, or a transfer to reverse, moves money between the accounts of that and no others. A
-- caller that says otherwise is broken, so this raises and the whole batch with it.
CREATE FUNCTION ledger.same_accounts(
  p_id TEXT,
  p_debit TEXT,
  p_credit TEXT,
  p_given_debit TEXT,
  p_given_credit TEXT,
  p_amount BIGINT
) RETURNS VOID
LANGUAGE plpgsql
IMMUTABLE
SET search_path = ledger, pg_temp
AS $$
BEGIN
  IF p_debit IS DISTINCT FROM p_given_debit OR p_credit IS DISTINCT FROM p_given_credit OR p_amount <= 0 THEN
    RAISE EXCEPTION 'transfer %: its accounts or its amount don''t fit what it names', p_id
      USING ERRCODE = 'invalid_parameter_value';
  END IF;
END;
$$;
