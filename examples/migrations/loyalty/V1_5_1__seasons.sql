CREATE TABLE seasons (
  number integer PRIMARY KEY DEFAULT nextval('season'),
  begins_on date NOT NULL UNIQUE
);
