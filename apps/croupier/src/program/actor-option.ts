export const actorOption = ['--actor <name>', 'who does it, such as an address; for the record'] as const;
