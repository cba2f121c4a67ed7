ALTER TABLE holds ADD COLUMN released_at timestamptz;
