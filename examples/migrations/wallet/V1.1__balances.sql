CREATE TABLE balances (
  account bigint PRIMARY KEY REFERENCES accounts,
  cents bigint NOT NULL DEFAULT 0 CHECK (cents >= 0)
);
