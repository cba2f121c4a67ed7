import type { OnApplicationShutdown } from '@nestjs/common';
import { FreezeDocument } from '@croupier/contracts';
import type { FreezeCalendar } from '@croupier/orchestrator';
import type { Freeze, ReleasePlan } from '@croupier/rollout';
import { ProblemException, type AuditTrail } from '@croupier/service-kit';
import type { DataSource } from 'typeorm';
import type { Change, Document } from '../documents/document';
import { tooMany, unknownDocument } from '../documents/document-problems';
import { DocumentStore, type Order } from '../documents/document-store';
import { LiveDocuments } from '../documents/live-documents';
import { FixedFreezeCalendar } from './freeze-calendar';
import { windowFault } from './intervals';

const LIMIT = 500;

/** The freezes of operators, with every change of them; the orchestrator's calendar. */
export class FreezeService implements FreezeCalendar, OnApplicationShutdown {
  private readonly store: DocumentStore<FreezeDocument>;
  private readonly live: LiveDocuments<FreezeDocument, FixedFreezeCalendar>;

  private constructor(dataSource: DataSource, audit: AuditTrail) {
    this.store = new DocumentStore<FreezeDocument>(dataSource, 'freeze_versions', FreezeDocument, audit);
    this.live = new LiveDocuments(
      this.store,
      ({ documents }) =>
        new FixedFreezeCalendar(documents.map(({ name, content }) => ({ name, ...content }))),
    );
  }

  /** With the freezes already there, before anything may move that is frozen. */
  static async open(dataSource: DataSource, audit: AuditTrail): Promise<FreezeService> {
    const service = new FreezeService(dataSource, audit);
    await service.live.start();
    return service;
  }

  onApplicationShutdown(): Promise<void> {
    return this.live.stop();
  }

  freezeOf(plan: ReleasePlan, now: number): Freeze | null {
    return this.live.current.freezeOf(plan, now);
  }

  async documents(): Promise<readonly Document<FreezeDocument>[]> {
    return (await this.store.all()).documents;
  }

  find(name: string): Promise<Document<FreezeDocument> | null> {
    return this.store.find(name);
  }

  async put(
    order: Order<FreezeDocument> & { readonly content: FreezeDocument },
  ): Promise<Document<FreezeDocument>> {
    refuseFaults(order.content);
    const stored = await this.store.change(order, (others) => {
      if (others.length >= LIMIT) throw tooMany('freezes', LIMIT);
    });
    await this.live.refresh();
    return stored!;
  }

  async remove(order: Omit<Order<FreezeDocument>, 'content'>): Promise<void> {
    if ((await this.store.find(order.name)) === null) throw unknownDocument('freeze', order.name);
    await this.store.change({ ...order, content: null }, () => undefined);
    await this.live.refresh();
  }

  history(name: string, before: number | null, limit: number): Promise<Change<FreezeDocument>[]> {
    return this.store.history(name, before, limit);
  }

  verify(name: string): Promise<number | null> {
    return this.store.verify(name);
  }
}

function refuseFaults({ window }: FreezeDocument): void {
  const fault = windowFault(window, Date.now());
  if (fault === null) return;
  throw new ProblemException({
    slug: 'invalid-freeze',
    status: 422,
    title: 'The freeze has no time in which it holds',
    detail: `${fault.field} ${fault.detail}.`,
    remedy: 'Correct the field that errors names.',
    errors: [fault],
  });
}
