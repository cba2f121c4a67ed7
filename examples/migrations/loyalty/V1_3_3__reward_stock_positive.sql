ALTER TABLE rewards ADD CONSTRAINT rewards_stock_positive CHECK (stock >= 0) NOT VALID;
