import type { ReleasePipelineView, ReleaseView } from '@croupier/contracts';
import { eventually } from '@croupier/testing';
import { GitLabDouble } from '../../test/gitlab-double';
import { JenkinsDouble } from '../../test/jenkins-double';
import { TestDeployer } from '../../test/test-deployer';

const HOOK_TOKEN = 'hook-token-of-the-test';

/** A deployer whose wallet is tested by GitLab, its slots by Jenkins, and all else by itself. */
describe('pipelines', () => {
  const gitLab = new GitLabDouble();
  const jenkins = new JenkinsDouble();
  let deployer: TestDeployer;

  const pipelineOf = async ({ id }: ReleaseView): Promise<ReleasePipelineView> =>
    (await deployer.call('get', `/v1/releases/${id}/pipeline`).expect(200)).body as ReleasePipelineView;

  const pipelineFor = ({ id }: ReleaseView) =>
    eventually(() => gitLab.pipelines.find(({ variables }) => variables['CROUPIER_RUN_ID'] === id));

  const buildFor = ({ id }: ReleaseView) =>
    eventually(() => jenkins.builds.find(({ parameters }) => parameters.some(({ value }) => value === id)));

  beforeAll(async () => {
    await Promise.all([gitLab.start(), jenkins.start()]);
    deployer = await TestDeployer.start({
      PIPELINES: 'acme/wallet=gitlab-ci,acme/slots=jenkins',
      PIPELINE_POLL_MS: '100',
      GITLAB_URL: gitLab.url,
      GITLAB_TRIGGER_TOKEN: 'trigger-token',
      GITLAB_TOKEN: 'api-token',
      GITLAB_WEBHOOK_TOKEN: HOOK_TOKEN,
      JENKINS_URL: jenkins.url,
      JENKINS_TOKEN: 'api-token',
    });
  });

  afterAll(async () => {
    await deployer.stop();
    await Promise.all([gitLab.stop(), jenkins.stop()]);
  });

  it('keeps on the release what the built-in pipeline has found', async () => {
    await deployer.ship('bingo', '1.0.0');
    const release = await deployer.releaseIn('bingo', '1.0.0', 'promoted');
    const { runs } = await pipelineOf(release);
    expect(runs).toMatchObject([
      {
        purpose: 'staging',
        runner: 'built-in',
        status: 'passed',
        suites: [{ name: 'money path', tests: 4, failed: 0 }],
      },
    ]);
  });

  it('lets GitLab CI prove a version, and promotes it by itself when it is green', async () => {
    await deployer.ship('wallet', '1.0.0');
    const release = await deployer.releaseIn('wallet', '1.0.0', 'testing');
    const { id, variables } = await pipelineFor(release);
    expect(variables).toMatchObject({ CROUPIER_VERSION: '1.0.0', CROUPIER_GAME: 'wallet' });
    expect((await pipelineOf(release)).runs).toMatchObject([{ status: 'running', runner: 'gitlab-ci' }]);
    gitLab.ends(id, 'success');
    await deployer
      .call('post', '/v1/pipeline-hooks/gitlab-ci')
      .set('x-gitlab-token', HOOK_TOKEN)
      .send({ object_kind: 'pipeline', object_attributes: { id, status: 'success' } })
      .expect(202);
    await deployer.releaseIn('wallet', '1.0.0', 'promoted');
    const { runs } = await pipelineOf(release);
    expect(runs).toMatchObject([
      { status: 'passed', url: `${gitLab.url}/p/${id}`, suites: [{ name: 'e2e', tests: 2 }] },
    ]);
    expect(runs[0]!.log).toBe('== e2e: success\nnpm test\n1 of 2 failed\n\n');
  });

  it('takes no webhook with another token', async () => {
    const { body } = await deployer
      .call('post', '/v1/pipeline-hooks/gitlab-ci')
      .set('x-gitlab-token', 'another')
      .send({ object_kind: 'pipeline', object_attributes: { id: 101 } })
      .expect(401);
    expect(body).toMatchObject({ title: 'The webhook is not known' });
  });

  it('begins one pipeline, also when the answer to the trigger is lost, and fails the release by what failed in it', async () => {
    gitLab.dropsTriggerAnswers = true;
    await deployer.ship('wallet', '1.1.0');
    const release = await deployer.releaseIn('wallet', '1.1.0', 'testing');
    const { id } = await pipelineFor(release);
    gitLab.dropsTriggerAnswers = false;
    await eventually(async () => (await pipelineOf(release)).runs[0]?.url !== null);
    gitLab.ends(id, 'failed');
    const failed = await deployer.releaseIn('wallet', '1.1.0', 'failed');
    expect(failed.reason).toContain('e2e, withdraws once: balance is 5 and not 0');
    expect(
      gitLab.pipelines.filter(({ variables }) => variables['CROUPIER_RUN_ID'] === release.id),
    ).toHaveLength(1);
  });

  it('cancels the pipeline of a release that has ended', async () => {
    await deployer.ship('wallet', '1.2.0');
    const release = await deployer.releaseIn('wallet', '1.2.0', 'testing');
    const { id } = await pipelineFor(release);
    await deployer.command(release, 'abort').expect(202);
    await eventually(() => gitLab.canceled.includes(id));
    await eventually(async () => (await pipelineOf(release)).runs[0]?.status === 'cancelled');
  });

  it('lets Jenkins prove a version, from the queue to the report', async () => {
    await deployer.ship('slots', '1.0.0');
    const release = await deployer.releaseIn('slots', '1.0.0', 'testing');
    const build = await buildFor(release);
    jenkins.leavesQueue(build);
    await eventually(async () => (await pipelineOf(release)).runs[0]?.url !== null);
    build.result = 'SUCCESS';
    await deployer.releaseIn('slots', '1.0.0', 'promoted');
    const { runs } = await pipelineOf(release);
    expect(runs).toMatchObject([
      {
        runner: 'jenkins',
        status: 'passed',
        url: 'http://jenkins.internal/job/acme/job/slots/1/console',
        suites: [{ name: 'wallet', tests: 2, failed: 0 }],
        log: 'Started by user croupier\nFinished: as told\n',
      },
    ]);
  });

  it('fails a release by a failed build, and stops the build or the queued item of one that has ended', async () => {
    await deployer.ship('slots', '1.1.0');
    const failing = await deployer.releaseIn('slots', '1.1.0', 'testing');
    const build = await buildFor(failing);
    jenkins.leavesQueue(build);
    build.result = 'FAILURE';
    expect((await deployer.releaseIn('slots', '1.1.0', 'failed')).reason).toContain(
      'withdraws once: balance is 5',
    );

    await deployer.ship('slots', '1.2.0');
    const queued = await deployer.releaseIn('slots', '1.2.0', 'testing');
    const { item } = await buildFor(queued);
    await deployer.command(queued, 'abort').expect(202);
    await eventually(() => jenkins.stopped.includes(`queue/${item}`));

    await deployer.ship('slots', '1.3.0');
    const running = await deployer.releaseIn('slots', '1.3.0', 'testing');
    const runningBuild = await buildFor(running);
    jenkins.leavesQueue(runningBuild);
    await eventually(async () => (await pipelineOf(running)).runs[0]?.url !== null);
    await deployer.command(running, 'abort').expect(202);
    await eventually(() => jenkins.stopped.includes(`build/${runningBuild.number}`));
  });
});
