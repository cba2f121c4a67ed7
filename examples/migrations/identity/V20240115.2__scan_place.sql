ALTER TABLE scans ADD COLUMN place text;
