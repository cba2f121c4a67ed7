ALTER TABLE checks ADD COLUMN provider text;
