import { choiceBySubject } from './choice-by-subject';

const Choice = choiceBySubject(['helm', 'gitops']);

describe('a choice by subject', () => {
  it('is that of the subject before that of its provider, and that before the one for all', () => {
    const choice = Choice.parse('*=helm, acme/*=gitops, acme/payment=helm');
    expect(choice.of('acme', 'payment')).toBe('helm');
    expect(choice.of('acme', 'slots')).toBe('gitops');
    expect(choice.of('zenith', 'slots')).toBe('helm');
    expect(choice.names()).toEqual(new Set(['helm', 'gitops']));
  });

  it('is nothing without the variable', () => {
    expect(Choice.parse(undefined).of('acme', 'slots')).toBeUndefined();
  });

  it.each(['acme=helm', '*=tarot', '*=helm=gitops', 'acme/slots'])('refuses %s', (text) => {
    expect(Choice.safeParse(text)).toMatchObject({ success: false });
  });
});
