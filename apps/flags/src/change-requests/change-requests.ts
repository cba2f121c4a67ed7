import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { isSameActor, type ChangeRequestDocument, type FlagChange } from '@croupier/contracts';
import { ProblemException } from '@croupier/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { Ledger, type Signature } from '../ledger/ledger';
import { Changes } from './changes';
import { approverMissing, requestSettled, unknownChangeRequest } from './change-request-problems';

export interface Decision {
  readonly id: string;
  readonly author: string;
  readonly reason: string;
}

interface Step extends Omit<Signature, 'cause' | 'releaseId'> {
  readonly id: string;
}

/** Changes that wait: for people, where an environment is protected, and for their time. */
@Injectable()
export class ChangeRequests {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly changes: Changes,
  ) {}

  /** Answers its id. What waits for nothing is applied at once. */
  async open(order: {
    change: FlagChange;
    applyAt: string | null;
    author: string;
    reason: string;
  }): Promise<string> {
    const { change, author, reason } = order;
    // In one notation, so that times can be compared as text.
    const applyAt = order.applyAt === null ? null : new Date(order.applyAt).toISOString();
    const id = randomUUID();
    await this.dataSource.transaction(async (tx) => {
      await this.ledger.lock(tx);
      const { approvals: requiredApprovals } = await this.changes.guardsOf(tx, change);
      const request: ChangeRequestDocument = {
        change,
        applyAt,
        reason,
        author,
        status: 'waiting',
        requiredApprovals,
        approvals: [],
        detail: 'opened',
      };
      await this.goOn(tx, { id, author, reason }, request);
    });
    return id;
  }

  /** Another's yes. The last one that is needed applies the change, or leaves it to its time. */
  async approve({ id, author, reason }: Decision): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const request = await this.waiting(tx, id);
      if (isSameActor(author, request.author)) throw approverMissing('is the author of the change');
      if (author === UNNAMED) throw approverMissing('is not named');
      if (request.approvals.some(({ actor }) => isSameActor(actor, author)))
        throw approverMissing('has approved already');
      const approval = { actor: author, reason, at: new Date().toISOString() };
      await this.goOn(
        tx,
        { id, author, reason },
        { ...request, approvals: [...request.approvals, approval] },
      );
    });
  }

  async reject({ id, author, reason }: Decision): Promise<void> {
    await this.settle({ id, author, reason }, 'rejected', ['waiting']);
  }

  async cancel({ id, author, reason }: Decision): Promise<void> {
    await this.settle({ id, author, reason }, 'cancelled', ['waiting', 'scheduled']);
  }

  /** Applies what is due; one at a time, so that what fails takes nothing else with it. */
  async applyDue(now: Date): Promise<number> {
    const due = await this.dataSource.query<{ name: string }[]>(
      `SELECT name FROM flag_entries
       WHERE kind = 'change-request' AND document ->> 'status' = 'scheduled' AND document ->> 'applyAt' <= $1
       ORDER BY document ->> 'applyAt' LIMIT 100`,
      [now.toISOString()],
    );
    for (const { name } of due) await this.applyOne(name, now);
    return due.length;
  }

  private async applyOne(id: string, now: Date): Promise<void> {
    const apply = (): Promise<void> =>
      this.dataSource.transaction(async (tx) => {
        await this.ledger.lock(tx);
        const request = (await this.ledger.find('change-request', id, tx))?.document;
        // Another replica may have been quicker, or somebody has cancelled it.
        if (request?.status !== 'scheduled' || (request.applyAt ?? '') > now.toISOString()) return;
        await this.applyWithin(tx, { id, author: SCHEDULE, reason: request.reason }, request);
      });
    try {
      await apply();
    } catch (error) {
      if (!(error instanceof ProblemException)) throw error;
      await this.settle({ id, author: SCHEDULE, reason: error.message }, 'failed', ['scheduled']);
    }
  }

  private async goOn(tx: EntityManager, step: Step, request: ChangeRequestDocument): Promise<void> {
    const missing = request.requiredApprovals - request.approvals.length;
    if (missing > 0) return this.keep(tx, step, { ...request, detail: `waits for ${missing} approvals` });
    if (request.applyAt !== null && request.applyAt > new Date().toISOString())
      return this.keep(tx, step, {
        ...request,
        status: 'scheduled',
        detail: `waits for ${request.applyAt}`,
      });
    await this.applyWithin(tx, step, request);
  }

  private async applyWithin(tx: EntityManager, step: Step, request: ChangeRequestDocument): Promise<void> {
    await this.changes.apply(tx, request.change, {
      author: request.author,
      reason: reasonOf(step.id, request),
      cause: 'change-request',
      releaseId: null,
    });
    await this.keep(tx, step, { ...request, status: 'applied', detail: 'applied' });
  }

  private async settle(
    { id, author, reason }: Decision,
    status: ChangeRequestDocument['status'],
    from: readonly string[],
  ): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await this.ledger.lock(tx);
      const request = (await this.ledger.find('change-request', id, tx))?.document;
      if (request === undefined) throw unknownChangeRequest(id);
      if (!from.includes(request.status)) throw requestSettled(request.status);
      await this.keep(tx, { id, author, reason }, { ...request, status, detail: `${author}: ${reason}` });
    });
  }

  private async waiting(tx: EntityManager, id: string): Promise<ChangeRequestDocument> {
    await this.ledger.lock(tx);
    const request = (await this.ledger.find('change-request', id, tx))?.document;
    if (request === undefined) throw unknownChangeRequest(id);
    if (request.status !== 'waiting') throw requestSettled(request.status);
    return request;
  }

  private async keep(tx: EntityManager, step: Step, document: ChangeRequestDocument): Promise<void> {
    const { id, author, reason } = step;
    await this.ledger.record(tx, {
      kind: 'change-request',
      name: id,
      author,
      reason,
      cause: 'operator',
      releaseId: null,
      change: () => document,
    });
  }
}

/** Whom `X-Croupier-Actor` names when it is not sent. */
const UNNAMED = 'operator';
const SCHEDULE = 'schedule';

function reasonOf(id: string, { reason, approvals }: ChangeRequestDocument): string {
  const by = approvals.length === 0 ? '' : `, approved by ${approvals.map(({ actor }) => actor).join(', ')}`;
  return `${reason} (change request ${id}${by})`;
}
