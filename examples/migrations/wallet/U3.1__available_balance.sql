DROP VIEW available_balances;
