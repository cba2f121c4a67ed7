import { parseScriptName } from './script-name';

describe('the name of a script', () => {
  it.each([
    ['V1__init.sql', { kind: 'versioned', version: '1', description: 'init' }],
    ['V1.1.0__add_bonus_round.sql', { kind: 'versioned', version: '1.1.0', description: 'add bonus round' }],
    ['V1_1_0__add_bonus.sql', { kind: 'versioned', version: '1.1.0', description: 'add bonus' }],
    ['U1.1.0__add_bonus.sql', { kind: 'undo', version: '1.1.0', description: 'add bonus' }],
    ['B3__everything.sql', { kind: 'baseline', version: '3', description: 'everything' }],
    ['R__best_players.sql', { kind: 'repeatable', description: 'best players' }],
    ['V2__a__b.sql', { kind: 'versioned', version: '2', description: 'a  b' }],
  ])('says what %s is', (fileName, name) => {
    expect(parseScriptName(fileName)).toEqual(name);
  });

  it.each([
    ['has one underscore', 'V1_add.sql'],
    ['has no version', 'V__add.sql'],
    ['has no description', 'V1__.sql'],
    ['is not SQL', 'V1__add.txt'],
    ['has an unknown prefix', 'X1__add.sql'],
    ['can be repeated and has a version', 'R1__add.sql'],
    ['is lower case', 'v1__add.sql'],
    ['has a version that is no number', 'V1.x__add.sql'],
    ['has a description longer than the history takes', `V1__${'a'.repeat(201)}.sql`],
  ])('is refused when it %s', (_, fileName) => {
    expect(parseScriptName(fileName)).toBeUndefined();
  });
});
