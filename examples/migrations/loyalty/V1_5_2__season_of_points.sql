ALTER TABLE points ADD COLUMN season integer;
