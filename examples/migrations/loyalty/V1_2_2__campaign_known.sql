ALTER TABLE points ADD CONSTRAINT points_campaign_known FOREIGN KEY (campaign) REFERENCES campaigns NOT VALID;
