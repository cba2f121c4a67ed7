CREATE TABLE rewards (
  id uuid PRIMARY KEY,
  title text NOT NULL,
  price integer NOT NULL CHECK (price > 0)
);
