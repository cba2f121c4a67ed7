DELETE FROM tiers WHERE name = 'diamond';
