ALTER TABLE checks DROP COLUMN provider;
