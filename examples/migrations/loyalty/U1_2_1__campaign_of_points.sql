ALTER TABLE points DROP COLUMN campaign;
