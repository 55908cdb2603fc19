-- Synthetic customers of the live probes. They log in and pay like anybody, and are nobody: no list, count,
-- message or search of customers has them.
ALTER TABLE identity.people
  ADD COLUMN probe BOOLEAN NOT NULL DEFAULT FALSE;
