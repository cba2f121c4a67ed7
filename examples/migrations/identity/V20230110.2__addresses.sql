CREATE TABLE addresses (
  person uuid PRIMARY KEY REFERENCES persons ON DELETE CASCADE,
  country char(2) NOT NULL,
  city text NOT NULL,
  street text NOT NULL
);
