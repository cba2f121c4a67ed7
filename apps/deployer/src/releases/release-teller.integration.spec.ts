import { Outbox } from '@croupier/messaging';
import { AuditTrail } from '@croupier/service-kit';
import type { ReleaseId } from '@croupier/contracts';
import { blueGreenSteps } from '@croupier/rollout';
import type { FreezeService } from '../freezes/freeze-service';
import type { OrchestrationLoop } from '../orchestration/orchestration-loop';
import type { OrchestrationObserver } from '../orchestration/orchestration-observer';
import { ReleaseDesk, throughStaging } from '../../test/release-desk';
import { ReleaseTeller } from './release-teller';

const RELEASE = '00000000-0000-4000-8000-000000000001' as ReleaseId;
const LOOK = { minDurationMs: 0, minRequests: 10, deadlineMs: 60_000 };
const FREEZE = { name: 'grand-final', until: Date.now() + 3_600_000 };
const QUIET_LOOP = { wake: () => undefined } as OrchestrationLoop;
const DEAF = { decided: () => undefined } as unknown as OrchestrationObserver;

const AUDIT = new AuditTrail(new Outbox(), 'deployer');

describe('what operators and other services tell a release', () => {
  let desk: ReleaseDesk;

  beforeEach(async () => {
    desk = await ReleaseDesk.open();
    await desk.queue({
      releaseId: RELEASE,
      version: '1.1.0',
      strategy: 'blue-green',
      steps: blueGreenSteps(LOOK, { approval: true }),
    });
    await desk.tell(RELEASE, ...throughStaging('1.0.0'), { kind: 'previewPassed', checks: ['health'] });
  });
  afterEach(() => desk.close());

  const tellerIn = (freezes: Pick<FreezeService, 'freezeOf'>) =>
    new ReleaseTeller(desk.dataSource, desk.store, QUIET_LOOP, DEAF, freezes as FreezeService, AUDIT);
  const approval = { kind: 'command', command: 'approve', actor: 'ann', reason: 'looks right' } as const;

  it('begins nothing in a freeze that the release has not heard of', async () => {
    const told = await tellerIn({ freezeOf: () => FREEZE }).tell(RELEASE, approval);
    const types = told?.decision.events.map(({ type }) => type);
    expect(types).toEqual(['rollout.frozen', 'step.approved', 'rollout.waiting']);
  });

  it('goes on at once when nothing is frozen', async () => {
    const told = await tellerIn({ freezeOf: () => null }).tell(RELEASE, approval);
    expect(told?.decision.events.map(({ type }) => type)).toEqual(['step.approved', 'rollout.step']);
  });
});
