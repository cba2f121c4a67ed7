ALTER TABLE points DROP COLUMN expires_at;
