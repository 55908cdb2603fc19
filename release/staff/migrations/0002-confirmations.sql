-- A passkey may sign a text that its owner was shown: the ceremony keeps the nonce that went into the
-- challenge. Null for joining and logging in.
ALTER TABLE staff.ceremonies ADD COLUMN nonce TEXT;
