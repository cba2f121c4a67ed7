CREATE TABLE scores (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  player text NOT NULL,
  amount_cents bigint NOT NULL,
  score integer NOT NULL CHECK (score BETWEEN 0 AND 100),
  scored_at timestamptz NOT NULL DEFAULT now()
);
