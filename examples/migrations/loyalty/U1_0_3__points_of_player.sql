DROP INDEX CONCURRENTLY points_of_player;
