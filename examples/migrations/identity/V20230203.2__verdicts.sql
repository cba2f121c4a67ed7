CREATE TYPE verdict AS ENUM ('pending', 'verified', 'refused');
