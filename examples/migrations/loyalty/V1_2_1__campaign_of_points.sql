ALTER TABLE points ADD COLUMN campaign uuid;
