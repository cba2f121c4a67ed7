import { OutboxAndInbox1763900000000 } from './1763900000000-outbox-and-inbox';

export const consoleMigrations = [OutboxAndInbox1763900000000];
