CREATE TABLE points (
  id bigserial PRIMARY KEY,
  player text NOT NULL REFERENCES members,
  amount integer NOT NULL,
  reason text NOT NULL
);
