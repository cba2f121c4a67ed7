ALTER TABLE accounts ADD COLUMN state text NOT NULL DEFAULT 'open';
