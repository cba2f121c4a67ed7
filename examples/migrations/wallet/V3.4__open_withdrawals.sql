CREATE INDEX CONCURRENTLY withdrawals_open ON withdrawals (requested_at) WHERE state IN ('requested', 'approved');
