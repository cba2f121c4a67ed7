CREATE TABLE deposit_limits (
  account bigint NOT NULL REFERENCES accounts,
  period interval NOT NULL,
  cents bigint NOT NULL CHECK (cents >= 0),
  PRIMARY KEY (account, period)
);
