ALTER TABLE addresses DROP CONSTRAINT addresses_country_known;
