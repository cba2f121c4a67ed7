CREATE TABLE members (
  player text PRIMARY KEY,
  tier text NOT NULL DEFAULT 'bronze' REFERENCES tiers,
  joined_at timestamptz NOT NULL DEFAULT now()
);
