CREATE TABLE screenings (
  person uuid NOT NULL REFERENCES persons ON DELETE CASCADE,
  list text NOT NULL,
  hit boolean NOT NULL,
  screened_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (person, list, screened_at)
) PARTITION BY RANGE (screened_at);
CREATE TABLE screenings_2023 PARTITION OF screenings FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
