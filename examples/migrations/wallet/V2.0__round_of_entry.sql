ALTER TABLE entries ADD COLUMN round text;
