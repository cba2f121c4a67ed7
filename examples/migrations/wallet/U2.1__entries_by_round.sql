DROP INDEX CONCURRENTLY entries_of_round;
