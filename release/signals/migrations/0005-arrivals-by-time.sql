-- Serves reading what came in after a rollback. Arrivals lie in the order of time, so that a summary of each
-- range of blocks is enough, and costs next to nothing to keep.
CREATE INDEX arrivals_by_time ON signals.arrivals USING brin (received_at);
