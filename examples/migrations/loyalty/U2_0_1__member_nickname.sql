ALTER TABLE members DROP COLUMN nickname;
