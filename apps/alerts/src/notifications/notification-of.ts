import {
  subjectId,
  type AlertAction,
  type AlertKind,
  type AlertMessage,
  type AlertSeverity,
  type ArtifactRejected,
  type CloudEvent,
  type EventData,
  type EventType,
  type RollbackCause,
} from '@croupier/contracts';

type Heard<Type extends EventType> = CloudEvent<Type, EventData<Type>>;

/** What people are told of. */
export type NotifiedEvent = {
  [Type in NotifiedType]: Heard<Type>;
}[NotifiedType];

export type NotifiedType =
  | 'approval.overridden'
  | 'approval.requested'
  | 'artifact.rejected'
  | 'cache.invalidated'
  | 'certificate.expiring'
  | 'clearance.changed'
  | 'game.disabled'
  | 'message.dead'
  | 'migration.failed'
  | 'release.approved'
  | 'release.failed'
  | 'release.revoked'
  | 'rollback.completed'
  | 'rollout.held'
  | 'rollout.incident'
  | 'rollout.paused'
  | 'rollout.promoted'
  | 'rollout.rolled_back'
  | 'rollout.started';

/** A message whose markets and link are not looked up yet. `markets` is what the event itself says. */
export type Notification = Omit<AlertMessage, 'link'>;

interface Telling {
  readonly kind: AlertKind;
  readonly action: AlertAction;
  readonly severity: AlertSeverity;
  readonly incident: string;
  readonly title: string;
  readonly text: string;
  readonly markets?: readonly string[] | null;
}

const LONGEST_TITLE = 500;
const LONGEST_TEXT = 8_000;

/** What an event means to people; null when they need not know. */
export function notificationOf(event: NotifiedEvent): Notification | null {
  const telling = tellingOf(event);
  if (telling === null) return null;
  const { data } = event;
  const about = 'game' in data ? data : null;
  return {
    ...telling,
    title: storable(telling.title, LONGEST_TITLE),
    text: storable(telling.text, LONGEST_TEXT),
    markets: telling.markets ? [...telling.markets] : null,
    provider: about?.provider ?? null,
    game: about?.game ?? null,
    version: about?.version ?? null,
    releaseId: 'releaseId' in data ? data.releaseId : null,
    eventId: event.id,
    occurredAt: event.time,
  };
}

/** PostgreSQL stores neither U+0000 nor half of a surrogate pair in JSON. */
function storable(text: string, longest: number): string {
  return text.slice(0, longest).replace(/[\0\p{Cs}]/gu, '\ufffd');
}

function tellingOf(event: NotifiedEvent): Telling | null {
  switch (event.type) {
    case 'artifact.rejected':
      return rejection(event.data);
    case 'clearance.changed': {
      const { clearance, reason, actor, ...version } = event.data;
      if (!clearance.revoked) return null;
      return {
        ...{
          kind: 'release.revoked',
          action: 'trigger',
          severity: 'critical',
          incident: revocation(version),
        },
        title: `${nameOf(version)} is revoked`,
        text: `It is dealt nowhere any more, not even to open sessions. ${actor}: ${reason}`,
      };
    }
    case 'release.revoked':
      return {
        ...{ kind: event.type, action: 'trigger', severity: 'critical', incident: revocation(event.data) },
        title: `${event.data.provider} revokes ${nameOf(event.data)}`,
        text: event.data.reason,
      };
    case 'certificate.expiring': {
      const { market, certificate, laboratory, validTo, ...version } = event.data;
      const which = [certificate, laboratory].filter((part) => part !== null).join(' of ');
      return {
        ...{ kind: event.type, action: 'note', severity: 'warning', markets: [market] },
        incident: `certificate:${nameOf(version)}:${market}`,
        title: `The certificate of ${nameOf(version)} for ${market} ends on ${validTo.slice(0, 10)}`,
        text: `${which || 'Certificate'}: from ${validTo} on the version may not be dealt in ${market}.`,
      };
    }
    case 'game.disabled': {
      const { provider, game, version, markets, reason } = event.data;
      return {
        ...{ kind: event.type, action: 'note', severity: 'warning', markets },
        incident: `disabled:${subjectId(provider, game)}`,
        title: `${provider} disables ${game}${version === null ? '' : ` ${version}`}`,
        text: `${markets === null ? 'In all markets' : `In ${markets.join(', ')}`}: ${reason}`,
      };
    }
    case 'message.dead': {
      const { service, messageType, error, attempts } = event.data;
      return {
        ...{ kind: event.type, action: 'trigger', severity: 'error' },
        incident: `dead-letters:${service}:${messageType}`.slice(0, 255),
        title: `${service} cannot handle a ${messageType} message`,
        text: `Given up after ${attempts} deliveries: ${error}`,
      };
    }
    case 'cache.invalidated': {
      const { target, failure } = event.data;
      if (failure === undefined) return null;
      return {
        ...{ kind: event.type, action: 'note', severity: 'error', incident: release(event.data) },
        title: `${target} was not purged for ${nameOf(event.data)}`,
        text: failure,
      };
    }
    default:
      return { kind: event.type, incident: release(event.data), ...ofRelease(event) };
  }
}

type ReleaseEvent = Exclude<
  NotifiedEvent,
  | Heard<'artifact.rejected'>
  | Heard<'cache.invalidated'>
  | Heard<'certificate.expiring'>
  | Heard<'clearance.changed'>
  | Heard<'game.disabled'>
  | Heard<'message.dead'>
  | Heard<'release.revoked'>
>;

function ofRelease(event: ReleaseEvent): Pick<Telling, 'action' | 'severity' | 'title' | 'text'> {
  const name = nameOf(event.data);
  switch (event.type) {
    case 'approval.requested': {
      const { required, expiresAt } = event.data;
      const until = expiresAt ? ` by ${expiresAt}` : '';
      const text = `${required} ${required === 1 ? 'person has' : 'people have'} to approve its digest${until}.`;
      return { action: 'trigger', severity: 'warning', title: `${name} waits for approval`, text };
    }
    case 'approval.overridden': {
      const { actor, reason, given, required, digest } = event.data;
      return {
        ...{ action: 'trigger', severity: 'critical' },
        title: `${actor} lets ${name} go on without approval`,
        text: `${given} of ${required} had approved ${digest}. ${reason}`,
      };
    }
    case 'release.approved': {
      const { actor, given, required } = event.data;
      const action = given >= required ? 'resolve' : 'note';
      return {
        action,
        severity: 'info',
        title: `${actor} approves ${name}`,
        text: `${given} of ${required}.`,
      };
    }
    case 'release.failed':
      return { action: 'trigger', severity: 'error', title: `${name} failed`, text: event.data.reason };
    case 'migration.failed':
      return {
        ...{ action: 'trigger', severity: 'error' },
        title: `A migration of ${name} failed`,
        text: event.data.detail,
      };
    case 'rollout.started': {
      const { stableVersion } = event.data;
      const text = stableVersion === null ? 'Nothing was stable before.' : `${stableVersion} is stable.`;
      return { action: 'note', severity: 'info', title: `The rollout of ${name} begins`, text };
    }
    case 'rollout.paused':
      return { action: 'note', severity: 'warning', title: `${name} is paused`, text: event.data.reason };
    case 'rollout.held':
      return {
        ...{ action: 'trigger', severity: 'warning' },
        title: `${name} is held at ${event.data.weightPercent} %`,
        text: `Inconclusive at the deadline; a person decides. ${event.data.reason}`,
      };
    case 'rollout.incident':
      return {
        ...{ action: 'trigger', severity: 'error' },
        title: `An incident hits ${name} and its stable version alike`,
        text: event.data.reason,
      };
    case 'rollout.rolled_back': {
      const { stableVersion, reason, cause } = event.data;
      const kept = stableVersion === null ? '' : ` ${stableVersion} takes all traffic.`;
      return {
        ...wayBack(cause),
        title: `${name} ${hasFailed(cause) ? 'failed as a canary and is' : 'is'} rolled back`,
        text: `${reason}${kept}`,
      };
    }
    case 'rollback.completed':
      return {
        ...{ action: 'resolve', severity: 'info' },
        title: `The rollback of ${name} is done`,
        text: 'No gateway deals it any more.',
      };
    case 'rollout.promoted': {
      const { previousVersion } = event.data;
      const text =
        previousVersion === null ? 'It is the first one.' : `It takes the place of ${previousVersion}.`;
      return { action: 'resolve', severity: 'info', title: `${name} is promoted`, text };
    }
  }
}

function hasFailed(cause: RollbackCause | undefined): boolean {
  return cause !== 'superseded' && cause !== 'operator' && cause !== 'revoked';
}

/** Nobody has to be woken up for what a person has done, or a newer version. */
function wayBack(cause: RollbackCause | undefined): Pick<Telling, 'action' | 'severity'> {
  if (cause === 'superseded') return { action: 'note', severity: 'info' };
  return { action: 'trigger', severity: hasFailed(cause) ? 'critical' : 'warning' };
}

function rejection({ reason, detail, ...version }: ArtifactRejected): Telling {
  if (reason === 'republished')
    return {
      ...{ kind: 'artifact.republished', action: 'trigger', severity: 'critical' },
      incident: `republished:${nameOf(version)}`,
      title: `${nameOf(version)} has other bytes at its source than when it was registered`,
      text: detail,
    };
  const severity: AlertSeverity = DISHONEST.has(reason) ? 'error' : 'warning';
  return {
    ...{ kind: 'artifact.rejected', action: 'note', severity, incident: `rejected:${nameOf(version)}` },
    title: `${nameOf(version)} is refused: ${reason}`,
    text: detail,
  };
}

/** What does not happen by mistake alone. */
const DISHONEST: ReadonlySet<string> = new Set([
  'digest-conflict',
  'digest-mismatch',
  'forbidden-address',
  'signature-invalid',
]);

interface NamedVersion {
  readonly provider: string;
  readonly game: string;
  readonly version: string;
}

function nameOf({ provider, game, version }: NamedVersion): string {
  return `${provider}/${game} ${version}`;
}

function revocation(version: NamedVersion): string {
  return `revoked:${nameOf(version)}`;
}

function release({ releaseId }: { readonly releaseId: string }): string {
  return `release:${releaseId}`;
}
