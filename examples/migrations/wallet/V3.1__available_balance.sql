CREATE VIEW available_balances AS
SELECT b.account, b.cents - coalesce(sum(h.cents), 0) AS cents
FROM balances b LEFT JOIN holds h ON h.account = b.account AND h.expires_at > now()
GROUP BY b.account, b.cents;
