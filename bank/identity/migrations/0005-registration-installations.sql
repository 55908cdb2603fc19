-- The installation on which the last step of a registration was begun last: whom that step failed for, nobody
-- could write to otherwise.
ALTER TABLE identity.registrations
  ADD COLUMN installation TEXT COLLATE "C";
-- Serves messages to somebody whose registration failed.
CREATE INDEX registrations_installation
    ON identity.registrations (installation, changed_at)
 WHERE installation IS NOT NULL;
