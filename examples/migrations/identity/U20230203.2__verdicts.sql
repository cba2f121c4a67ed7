DROP TYPE verdict;
