CREATE TABLE entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account bigint NOT NULL REFERENCES accounts,
  kind entry_kind NOT NULL,
  cents bigint NOT NULL,
  booked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX entries_of_account ON entries (account, booked_at DESC);
