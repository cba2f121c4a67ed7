import type {
  MetricEvidence,
  ReleaseAnalysis,
  ReleaseTraffic,
  ReleaseView,
  TrafficSample,
} from '@croupier/contracts';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { send } from '../api/call';
import { useLive } from '../live/live-context';
import { mergeSamples } from '../live/merge-samples';
import { Action } from '../parts/action';
import { evidenceShare, percent } from '../parts/format';
import { State } from '../parts/query';
import { useSession } from '../session';
import { Chart } from './chart';

export function commandCall(release: ReleaseView, command: string) {
  const needsStep = ['skip', 'approve', 'reject', 'override'].includes(command);
  return (reason: string) => ({
    method: 'POST' as const,
    path: `/api/deployer/v1/releases/${release.id}/${command}`,
    body: {
      reason,
      ...(needsStep && { stepIndex: release.stepIndex }),
      ...(['approve', 'override'].includes(command) && { digest: release.digest }),
    },
  });
}

export function RolloutCard({ release }: { release: ReleaseView }) {
  const { token } = useSession();
  const live = useLive().rollouts.get(release.id);
  const address = `/api/deployer/v1/releases/${release.id}`;
  // Under a key of its own: what the stream adds is not read anew with every entry of a timeline.
  const known = useQuery({
    queryKey: ['traffic', release.id],
    queryFn: () => send<ReleaseTraffic>(token, { method: 'GET', path: `${address}/traffic` }),
    refetchInterval: 30_000,
  }).data;
  const active = release.status === 'progressing' || release.status === 'paused';
  const judged =
    useQuery({
      // What is over was decided by other evidence than what was live.
      queryKey: ['analysis', release.id, release.status],
      queryFn: () => send<ReleaseAnalysis>(token, { method: 'GET', path: `${address}/analysis` }),
      refetchInterval: active && 5_000,
    }).data?.metrics ?? [];
  const evidence = active && live?.evidence.length ? live.evidence : judged;
  const limitOf = (failures: 'errors' | 'slow') => judged.find(({ counts }) => counts === failures)?.nullRate;
  const [samples, setSamples] = useState<readonly TrafficSample[]>([]);
  useEffect(() => setSamples((before) => mergeSamples(before, known?.samples ?? [])), [known]);
  useEffect(() => setSamples((before) => mergeSamples(before, live?.samples ?? [])), [live]);
  const weight = active ? (live?.weightPercent ?? release.weightPercent) : release.weightPercent;
  return (
    <article className="card rollout" aria-label={`${release.provider}/${release.game} ${release.version}`}>
      <header>
        <h2>
          <Link href={`/releases/${release.id}`}>
            {release.provider}/{release.game} {release.version}
          </Link>
        </h2>
        <State of={release.status} />
        <span className="muted">
          {release.strategy} against {release.stableVersion ?? 'nothing'}
          {release.stepIndex !== null && `, step ${release.stepIndex + 1} of ${release.stepCount}`}
        </span>
        <strong className="weight">{weight} %</strong>
      </header>
      <progress value={weight} max={100} aria-label="Share of the traffic" />
      <div className="charts">
        <Chart
          title="Failed requests"
          samples={samples}
          bad={({ errors }) => errors}
          limit={limitOf('errors')}
        />
        <Chart title="Slow requests" samples={samples} bad={({ slow }) => slow} limit={limitOf('slow')} />
      </div>
      {evidence.map((metric) => (
        <EvidenceBars key={metric.name} metric={metric} />
      ))}
      <p>{release.reason}</p>
      {active && (
        <div className="row">
          {release.status === 'paused' ? (
            <Action
              label="Resume"
              title={`Resume ${release.version}`}
              callOf={commandCall(release, 'resume')}
            />
          ) : (
            <Action label="Pause" title={`Pause ${release.version}`} callOf={commandCall(release, 'pause')} />
          )}
          <Action
            label="Promote"
            title={`Promote ${release.version}`}
            callOf={commandCall(release, 'promote')}
          />
          <Action
            danger
            label="Abort"
            title={`Abort ${release.version}`}
            callOf={commandCall(release, 'abort')}
          />
        </div>
      )}
    </article>
  );
}

function EvidenceBars({ metric }: { metric: MetricEvidence }) {
  // Over the limit or worse than stable: either takes the version back.
  const against = Math.max(
    evidenceShare(metric.breachLogEvidence, metric.breachThreshold),
    evidenceShare(metric.relativeLogEvidence ?? 0, metric.relativeThreshold ?? Infinity),
  );
  const inFavour = evidenceShare(metric.healthLogEvidence, metric.healthThreshold);
  return (
    <div className="evidence">
      <span>
        {metric.name}: {percent(metric.observedRate)} of {metric.trials}
        {metric.stableTrials !== undefined &&
          `, stable ${percent((metric.stableFailures ?? 0) / metric.stableTrials)} of ${metric.stableTrials}`}
      </span>
      <label>
        Evidence against {percent(against, 0)} of a verdict
        <progress className="against" value={against} />
      </label>
      <label>
        Evidence for {percent(inFavour, 0)} of a verdict
        <progress className="in-favour" value={inFavour} />
      </label>
    </div>
  );
}
