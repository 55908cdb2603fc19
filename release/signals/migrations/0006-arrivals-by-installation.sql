-- Serves reading all that an installation did, for who was kept out by an incident and since when.
CREATE INDEX arrivals_by_installation ON signals.arrivals (installation, number);
