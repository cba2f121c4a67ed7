CREATE TABLE transfers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  debit bigint NOT NULL REFERENCES entries,
  credit bigint NOT NULL REFERENCES entries,
  amount money_cents NOT NULL,
  CHECK (debit <> credit)
);
