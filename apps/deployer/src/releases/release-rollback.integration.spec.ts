import { ReleaseAnalysis, type ReleaseView } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { TestDeployer } from '../../test/test-deployer';

describe('taking a release back', () => {
  let deployer: TestDeployer;

  beforeAll(async () => {
    deployer = await TestDeployer.start();
    await deployer.ship('slots', '1.0.0');
    await deployer.releaseIn('slots', '1.0.0', 'promoted');
  });
  afterAll(() => deployer.stop());

  const analysisOf = async ({ id }: ReleaseView): Promise<ReleaseAnalysis> =>
    ReleaseAnalysis.parse((await deployer.call('get', `/v1/releases/${id}/analysis`).expect(200)).body);

  it('aborts one in traffic, whose evidence can be read meanwhile', async () => {
    await deployer.ship('slots', '1.1.0');
    const canary = await deployer.releaseIn('slots', '1.1.0', 'progressing');
    await deployer.command(canary, 'pause').expect(202);
    const { metrics } = await eventually(async () => {
      const analysis = await analysisOf(canary);
      return analysis.metrics.some(({ trials }) => trials > 0) && analysis;
    });
    expect(metrics.map(({ counts }) => counts).sort()).toEqual(['errors', 'slow']);

    await deployer.command(canary, 'rollback').expect(202);
    await deployer.releaseIn('slots', '1.1.0', 'rolled-back');
    await deployer.untilDealt('slots', '1.0.0');
    await deployer.command(canary, 'rollback').expect(409);
  });

  it('releases the version before one that is promoted, and that one alone', async () => {
    const [first] = await deployer.releasesOf('slots', '1.0.0');
    const { body: refused } = await deployer.command(first!, 'rollback').expect(409);
    expect(refused.detail).toContain('1.0.0 was the first version');

    await deployer.ship('slots', '1.2.0');
    const promoted = await deployer.releaseIn('slots', '1.2.0', 'promoted');
    // The route follows the decision a moment later.
    await deployer.untilDealt('slots', '1.2.0');
    const { body } = await deployer.command(promoted, 'rollback').expect(202);
    expect(body).toMatchObject({ version: '1.0.0', strategy: 'rollback', attempt: 2 });
    await deployer.untilDealt('slots', '1.0.0');
    const { body: late } = await deployer.command(promoted, 'rollback').expect(409);
    expect(late.detail).toContain('1.2.0 is not stable any more');
  });
});
