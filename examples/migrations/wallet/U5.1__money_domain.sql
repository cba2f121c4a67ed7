DROP DOMAIN money_cents;
