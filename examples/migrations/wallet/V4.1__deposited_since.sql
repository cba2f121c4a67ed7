CREATE FUNCTION deposited_since(wanted bigint, since timestamptz) RETURNS bigint LANGUAGE sql STABLE AS $$
  SELECT coalesce(sum(cents), 0)::bigint FROM entries WHERE account = wanted AND kind = 'deposit' AND booked_at >= since
$$;
