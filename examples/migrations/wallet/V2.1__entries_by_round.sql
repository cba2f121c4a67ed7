CREATE INDEX CONCURRENTLY entries_of_round ON entries (round) WHERE round IS NOT NULL;
