-- Nobody repeats a command after months: what was carried out stands in the audit.
GRANT DELETE ON rollouts.commands TO mainstay_control;
-- Serves the sweep.
CREATE INDEX commands_by_time ON rollouts.commands (at);
