CREATE OR REPLACE VIEW leaders AS
SELECT player, amount FROM standings ORDER BY amount DESC LIMIT 100;
