DROP INDEX CONCURRENTLY checks_of_person;
