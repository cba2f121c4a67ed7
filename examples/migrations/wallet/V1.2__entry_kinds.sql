CREATE TYPE entry_kind AS ENUM ('deposit', 'wager', 'win', 'withdrawal', 'correction');
