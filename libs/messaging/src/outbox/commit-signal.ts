import type { DataSource, EntitySubscriberInterface, QueryRunner, TransactionCommitEvent } from 'typeorm';

const APPENDED = 'outboxAppended';

export function noteAppended(runner: QueryRunner): void {
  runner.data[APPENDED] = true;
}

/**
 * Calls `listener` after each commit of this process that appended to the outbox. Returns how to stop it.
 *
 * In-process instead of NOTIFY, because PostgreSQL commits notifying transactions one at a time, database-wide
 * (`PreCommit_Notify` in src/backend/commands/async.c): it more than halves the rate of accepted webhooks.
 */
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
  return () => {
    const index = dataSource.subscribers.indexOf(subscriber);
    if (index >= 0) dataSource.subscribers.splice(index, 1);
  };
}
