ALTER TABLE countries DROP COLUMN minimum_age;
