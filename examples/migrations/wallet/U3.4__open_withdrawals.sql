DROP INDEX CONCURRENTLY withdrawals_open;
