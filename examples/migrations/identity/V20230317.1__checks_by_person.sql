CREATE INDEX CONCURRENTLY checks_of_person ON checks (person, asked_at DESC);
