INSERT INTO tiers (name, points_needed) VALUES ('diamond', 100000);
