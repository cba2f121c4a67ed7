DROP TABLE screenings_2024;
