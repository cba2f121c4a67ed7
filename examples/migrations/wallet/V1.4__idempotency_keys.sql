CREATE TABLE idempotency_keys (
  key text PRIMARY KEY,
  entry bigint NOT NULL REFERENCES entries,
  seen_at timestamptz NOT NULL DEFAULT now()
);
