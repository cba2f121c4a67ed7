ALTER TABLE addresses ADD CONSTRAINT addresses_country_known FOREIGN KEY (country) REFERENCES countries NOT VALID;
