DROP INDEX CONCURRENTLY standings_of_player;
