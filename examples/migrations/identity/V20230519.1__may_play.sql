CREATE FUNCTION may_play(wanted uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT c.allowed AND p.born_on <= current_date - make_interval(years => c.minimum_age)
  FROM persons p JOIN addresses a ON a.person = p.id JOIN countries c ON c.code = a.country WHERE p.id = wanted
$$;
