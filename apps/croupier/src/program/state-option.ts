import { DEFAULT_STATE_DIRECTORY } from '../commands/up-command';

export const stateOption = [
  '--state <directory>',
  'where a local installation keeps its state',
  DEFAULT_STATE_DIRECTORY,
] as const;
