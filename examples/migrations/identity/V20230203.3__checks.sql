CREATE TABLE checks (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  person uuid NOT NULL REFERENCES persons ON DELETE CASCADE,
  verdict verdict NOT NULL DEFAULT 'pending',
  asked_at timestamptz NOT NULL DEFAULT now(),
  answered_at timestamptz
);
