-- A watch that has called a person begins anew some time later: the break may have a cause that shows then.
ALTER TABLE signals.watches ADD COLUMN told_at TIMESTAMPTZ;
