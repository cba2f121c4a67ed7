DROP TABLE deposit_limits;
