CREATE INDEX CONCURRENTLY points_of_player ON points (player);
