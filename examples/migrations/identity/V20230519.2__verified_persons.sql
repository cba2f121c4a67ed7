CREATE VIEW verified_persons AS
SELECT DISTINCT ON (person) person, answered_at FROM checks WHERE verdict = 'verified' ORDER BY person, answered_at DESC;
