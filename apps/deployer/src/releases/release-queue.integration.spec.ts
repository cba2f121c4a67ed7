import { randomUUID } from 'node:crypto';
import type { ReleaseId } from '@croupier/contracts';
import { Outbox } from '@croupier/messaging';
import { isTraffic } from '@croupier/orchestrator';
import { AuditTrail } from '@croupier/service-kit';
import { registered } from '@croupier/testing';
import { ReleaseDesk, throughStaging } from '../../test/release-desk';
import { ClearanceRepository } from '../clearances/clearance-repository';
import { DeployerConfig } from '../deployer-config';
import type { OrchestrationLoop } from '../orchestration/orchestration-loop';
import { KnownArtifacts } from '../policies/known-artifacts';
import { PolicyBook } from '../policies/policy-book';
import { PolicyService } from '../policies/policy-service';
import { ArtifactRepository } from './artifact-repository';
import { ReleaseQueue } from './release-queue';

const ASLEEP = { wake: () => undefined } as OrchestrationLoop;

describe('the release queue', () => {
  let desk: ReleaseDesk;
  let book: PolicyBook;
  let queue: ReleaseQueue;

  beforeEach(async () => {
    desk = await ReleaseDesk.open();
    const { dataSource, releases, routing } = desk;
    const audit = new AuditTrail(new Outbox(), 'deployer');
    book = await PolicyBook.open(dataSource, new DeployerConfig({}), audit);
    queue = new ReleaseQueue(
      dataSource,
      new ArtifactRepository(dataSource),
      releases,
      routing,
      new PolicyService(book, new KnownArtifacts(dataSource)),
      new ClearanceRepository(),
      ASLEEP,
      audit,
    );
  });
  afterEach(async () => {
    await book.onApplicationShutdown();
    await desk.close();
  });

  const add = async (version: string): Promise<number | undefined> => {
    const { data: artifact } = registered('slots', version, 'http://games.test');
    await desk.dataSource.transaction((tx) => queue.add(tx, artifact));
    return (await desk.releases.latestOf('acme', 'slots', version))?.state.plan.approvalsRequired;
  };

  it('asks for approval of a major version that comes in the moment its predecessor becomes stable', async () => {
    const releaseId = randomUUID() as ReleaseId;
    await desk.run('slots', '1.0.0');
    await desk.queue({ releaseId, version: '1.0.0' });
    const { effects } = await desk.tell(releaseId, ...throughStaging(null));
    const becomesStable = once(() =>
      desk.store.route(
        effects.filter(({ effect }) => isTraffic(effect)),
        [],
      ),
    );
    // Between the two that a plan is made by, whichever is read first.
    const { releases, routing } = desk;
    releases.mayBecomeStable = thenOf(releases.mayBecomeStable.bind(releases), becomesStable);
    routing.stableVersion = thenOf(routing.stableVersion.bind(routing), becomesStable);

    expect(await add('2.0.0')).toBe(1);
    expect(await routing.stableVersion('acme', 'slots')).toBe('1.0.0');
  });
});

function once(act: () => Promise<unknown>): () => Promise<unknown> {
  let acted: Promise<unknown> | null = null;
  return () => (acted ??= act());
}

function thenOf<A extends unknown[], R>(
  read: (...args: A) => Promise<R>,
  act: () => Promise<unknown>,
): (...args: A) => Promise<R> {
  return async (...args) => {
    const answer = await read(...args);
    await act();
    return answer;
  };
}
