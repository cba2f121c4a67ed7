CREATE UNIQUE INDEX CONCURRENTLY standings_of_player ON standings (player);
