CREATE TABLE authorizations (
  id uuid PRIMARY KEY,
  player text NOT NULL,
  amount_cents bigint NOT NULL CHECK (amount_cents > 0),
  state text NOT NULL DEFAULT 'authorized',
  idempotency_key text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (player, idempotency_key)
);
