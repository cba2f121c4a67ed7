ALTER TABLE points DROP CONSTRAINT points_campaign_known;
