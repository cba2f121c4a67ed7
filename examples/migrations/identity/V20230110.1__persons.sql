CREATE TABLE persons (
  id uuid PRIMARY KEY,
  given_name text NOT NULL,
  family_name text NOT NULL,
  born_on date NOT NULL
);
