ALTER TABLE members ADD COLUMN nickname text;
