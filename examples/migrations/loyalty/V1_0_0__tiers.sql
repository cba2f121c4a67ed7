CREATE TABLE tiers (
  name text PRIMARY KEY,
  points_needed integer NOT NULL UNIQUE CHECK (points_needed >= 0)
);
INSERT INTO tiers VALUES ('bronze', 0), ('silver', 1000), ('gold', 10000);
