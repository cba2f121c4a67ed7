DROP TYPE entry_kind;
