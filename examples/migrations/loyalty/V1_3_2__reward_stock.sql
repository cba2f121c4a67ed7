ALTER TABLE rewards ADD COLUMN stock integer;
