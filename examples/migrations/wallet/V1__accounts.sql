CREATE TABLE accounts (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  player text NOT NULL,
  currency char(3) NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (player, currency)
);
