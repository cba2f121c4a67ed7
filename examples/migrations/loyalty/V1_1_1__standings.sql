CREATE MATERIALIZED VIEW standings AS
SELECT player, sum(amount) AS amount FROM points GROUP BY player;
