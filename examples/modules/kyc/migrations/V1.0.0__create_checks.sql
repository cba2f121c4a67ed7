CREATE TABLE checks (
  player text PRIMARY KEY,
  level text NOT NULL,
  reason text NOT NULL,
  checked_at timestamptz NOT NULL DEFAULT now()
);
