/** The events to fold are not a history this machine can have written. */
export class HistoryFault extends Error {
  constructor(eventType: string, phaseKind: string) {
    super(`${eventType} cannot follow in phase ${phaseKind}`);
    this.name = 'HistoryFault';
  }
}
