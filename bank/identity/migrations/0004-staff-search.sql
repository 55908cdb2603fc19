-- What staff look customers up by. Names are found by their beginning, either part first: one range of one of
-- these indexes each, whatever the collation of the database.
CREATE INDEX people_first_name ON identity.people (lower(first_name || ' ' || last_name) text_pattern_ops);
CREATE INDEX people_last_name ON identity.people (lower(last_name || ' ' || first_name) text_pattern_ops);

-- Serves "who looked at this customer": a look names the customers that it showed, one or many. Other rows of
-- the audit have no such list and no place in the index.
CREATE INDEX audit_customers ON identity.audit USING gin ((details -> 'customers'))
  WHERE details ? 'customers';
