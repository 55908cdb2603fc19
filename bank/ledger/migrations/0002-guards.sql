-- What keeps every hand but the ledger's own functions off the book, the owner's too. The process role has no
-- privilege to write at all; the owner has, and is stopped here. The functions that may write switch the
-- setting ledger.writer on while they write, for their transaction alone, and off again.

CREATE FUNCTION ledger.only_by_function() RETURNS TRIGGER
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
BEGIN
  IF current_setting('ledger.writer', TRUE) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'only the ledger''s own functions write to ledger.%', TG_TABLE_NAME
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END;
$$;

CREATE FUNCTION ledger.never() RETURNS TRIGGER
LANGUAGE plpgsql
SET search_path = ledger, pg_temp
AS $$
BEGIN
  RAISE EXCEPTION 'rows of ledger.% are never changed or deleted: post a reversal or a correction',
    TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END;
$$;

DO $$
DECLARE
  guarded TEXT;
BEGIN
  FOREACH guarded IN ARRAY ARRAY['transfers', 'entries', 'refusals'] LOOP
    EXECUTE format(
      'CREATE TRIGGER only_by_function BEFORE INSERT ON ledger.%I
         FOR EACH STATEMENT EXECUTE FUNCTION ledger.only_by_function()', guarded);
    EXECUTE format(
      'CREATE TRIGGER never BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger.%I
         FOR EACH STATEMENT EXECUTE FUNCTION ledger.never()', guarded);
  END LOOP;
  FOREACH guarded IN ARRAY ARRAY['accounts', 'holds', 'feed_cursors', 'book'] LOOP
    EXECUTE format(
      'CREATE TRIGGER only_by_function BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON ledger.%I
         FOR EACH STATEMENT EXECUTE FUNCTION ledger.only_by_function()', guarded);
  END LOOP;
END $$;
