import type { DataSource, EntitySubscriberInterface, QueryRunner, TransactionCommitEvent } from 'typeorm';

const APPENDED = 'outboxAppended';

const listeners = new WeakMap<DataSource, Set<() => void>>();

export function noteAppended(runner: QueryRunner): void {
  runner.data[APPENDED] = true;
}

/** For an append that committed without a transaction of TypeORM's: a single statement. */
export function announceAppended(dataSource: DataSource): void {
  for (const listener of listeners.get(dataSource) ?? []) listener();
}

/** Calls `listener` after each commit of this process that appended to the outbox. Returns how to stop it. */
export function onOutboxCommit(dataSource: DataSource, listener: () => void): () => void {
  const subscriber: EntitySubscriberInterface = {
    afterTransactionCommit({ queryRunner }: TransactionCommitEvent) {
      // True still after the release of a savepoint: the outer transaction is open.
      if (queryRunner.isTransactionActive || queryRunner.data[APPENDED] !== true) return;
      delete queryRunner.data[APPENDED];
      listener();
    },
  };
  dataSource.subscribers.push(subscriber);
  const listening = listeners.get(dataSource) ?? new Set();
  listeners.set(dataSource, listening.add(listener));
  return () => {
    listening.delete(listener);
    const index = dataSource.subscribers.indexOf(subscriber);
    if (index >= 0) dataSource.subscribers.splice(index, 1);
  };
}
