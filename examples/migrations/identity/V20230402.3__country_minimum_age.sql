ALTER TABLE countries ADD COLUMN minimum_age smallint NOT NULL DEFAULT 18;
