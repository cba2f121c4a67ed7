DROP VIEW verified_persons;
