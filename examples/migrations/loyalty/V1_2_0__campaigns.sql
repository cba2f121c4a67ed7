CREATE TABLE campaigns (
  id uuid PRIMARY KEY,
  title text NOT NULL,
  during tstzrange NOT NULL,
  factor numeric(4, 2) NOT NULL DEFAULT 1.00 CHECK (factor > 0)
);
