CREATE TABLE withdrawals (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  account bigint NOT NULL REFERENCES accounts,
  hold uuid REFERENCES holds,
  state text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'approved', 'paid', 'refused')),
  requested_at timestamptz NOT NULL DEFAULT now()
);
