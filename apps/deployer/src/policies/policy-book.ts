import type { OnApplicationShutdown } from '@nestjs/common';
import { PolicyDocument } from '@croupier/contracts';
import { ProblemException, type AuditTrail } from '@croupier/service-kit';
import type { DataSource } from 'typeorm';
import type { DeployerConfig } from '../deployer-config';
import type { Change, Document } from '../documents/document';
import { tooMany, unknownDocument } from '../documents/document-problems';
import { DocumentStore, type Order } from '../documents/document-store';
import { LiveDocuments } from '../documents/live-documents';
import { DEFAULT_POLICIES, DEFAULT_PREFIX, planDefaultsOf } from './plan-defaults';
import type { PlanDefaults, Policy } from './policy';
import { policyFault } from './policy-fault';

const LIMIT = 1_000;

/** The policies of operators, with every version that they have had, and the defaults below them. */
export class PolicyBook implements OnApplicationShutdown {
  readonly defaults: PlanDefaults;
  private readonly store: DocumentStore<PolicyDocument>;
  private readonly live: LiveDocuments<PolicyDocument, readonly Policy[]>;

  private constructor(dataSource: DataSource, config: DeployerConfig, audit: AuditTrail) {
    this.defaults = planDefaultsOf(config);
    this.store = new DocumentStore<PolicyDocument>(dataSource, 'policy_versions', PolicyDocument, audit);
    this.live = new LiveDocuments(this.store, ({ documents }) => [
      ...DEFAULT_POLICIES,
      ...documents.map(policyOf),
    ]);
  }

  /** With the policies already there: events may come before Nest's hooks have run. */
  static async open(dataSource: DataSource, config: DeployerConfig, audit: AuditTrail): Promise<PolicyBook> {
    const book = new PolicyBook(dataSource, config, audit);
    await book.live.start();
    return book;
  }

  onApplicationShutdown(): Promise<void> {
    return this.live.stop();
  }

  /** As of a second ago, with the defaults. */
  get policies(): readonly Policy[] {
    return this.live.current;
  }

  /** As of now. */
  async latest(): Promise<readonly Policy[]> {
    await this.live.refresh();
    return this.live.current;
  }

  async documents(): Promise<readonly Document<PolicyDocument>[]> {
    return (await this.store.all()).documents;
  }

  find(name: string): Promise<Document<PolicyDocument> | null> {
    return this.store.find(name);
  }

  async put(
    order: Order<PolicyDocument> & { readonly content: PolicyDocument },
  ): Promise<Document<PolicyDocument>> {
    refuseDefault(order.name);
    const stored = await this.store.change(order, (others) => {
      if (others.length >= LIMIT) throw tooMany('policies', LIMIT);
      this.refuseFaults({ name: order.name, version: 1, ...order.content }, others.map(policyOf));
    });
    await this.live.refresh();
    return stored!;
  }

  async remove(order: Omit<Order<PolicyDocument>, 'content'>): Promise<void> {
    refuseDefault(order.name);
    if ((await this.store.find(order.name)) === null) throw unknownDocument('policy', order.name);
    await this.store.change({ ...order, content: null }, () => undefined);
    await this.live.refresh();
  }

  history(name: string, before: number | null, limit: number): Promise<Change<PolicyDocument>[]> {
    return this.store.history(name, before, limit);
  }

  verify(name: string): Promise<number | null> {
    return this.store.verify(name);
  }

  /** Throws what is wrong with a policy beside the others. */
  refuseFaults(policy: Policy, others: readonly Policy[]): void {
    const fault = policyFault(policy, others, this.defaults);
    if (fault === null) return;
    const { field, detail } = fault;
    throw new ProblemException({
      ...(field === 'scope' ? TIE : INVALID),
      detail: `${field} ${detail}.`,
      errors: [{ field, detail }],
    });
  }
}

const TIE = {
  slug: 'policy-tie',
  status: 409,
  title: 'Another policy is as specific as this one, for the same versions',
  remedy: 'Give one of them a narrower scope, or another precedence.',
};

const INVALID = {
  slug: 'invalid-policy',
  status: 422,
  title: 'No release could follow the policy',
  remedy: 'Correct the rule that detail names; POST /v1/policies:evaluate with the policy as draft tries it.',
};

export function policyOf({ name, version, content }: Document<PolicyDocument>): Policy {
  return { name, version, ...content };
}

function refuseDefault(name: string): void {
  if (!name.startsWith(DEFAULT_PREFIX)) return;
  const detail = `begins with ${DEFAULT_PREFIX}, as the defaults do`;
  throw new ProblemException({
    slug: 'default-policy',
    status: 409,
    title: 'The defaults cannot be changed',
    detail: `name ${detail}.`,
    remedy: 'Give a policy of another name the same scope: it counts in place of the default.',
    errors: [{ field: 'name', detail }],
  });
}
