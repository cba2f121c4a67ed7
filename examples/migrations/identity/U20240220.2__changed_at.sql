ALTER TABLE persons DROP COLUMN changed_at;
