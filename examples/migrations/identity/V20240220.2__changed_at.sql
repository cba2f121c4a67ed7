ALTER TABLE persons ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();
