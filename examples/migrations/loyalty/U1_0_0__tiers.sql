DROP TABLE tiers;
