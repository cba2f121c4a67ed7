ALTER TABLE rewards DROP CONSTRAINT rewards_stock_positive;
