DROP INDEX screenings_hits;
