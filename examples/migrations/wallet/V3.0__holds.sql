CREATE TABLE holds (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account bigint NOT NULL REFERENCES accounts,
  cents bigint NOT NULL CHECK (cents > 0),
  expires_at timestamptz NOT NULL
);
CREATE INDEX holds_of_account ON holds (account);
