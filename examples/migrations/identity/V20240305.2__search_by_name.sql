CREATE INDEX CONCURRENTLY persons_by_name ON persons (lower(family_name), lower(given_name));
