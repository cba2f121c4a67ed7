ALTER TABLE points ADD COLUMN expires_at timestamptz;
