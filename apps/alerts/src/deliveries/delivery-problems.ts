import { ProblemException } from '@croupier/service-kit';

export function unknownDelivery(id: string): ProblemException {
  return new ProblemException({
    slug: 'unknown-alert-delivery',
    status: 404,
    title: 'There is no such delivery',
    detail: `No delivery has the id ${id}.`,
    remedy: 'GET /v1/alerts/deliveries lists them.',
  });
}

export function deliveryNotFailed(id: string, state: string): ProblemException {
  return new ProblemException({
    slug: 'alert-delivery-not-failed',
    status: 409,
    title: 'Only what was given up can be tried again',
    detail: `${id} is ${state}.`,
    remedy: 'Read it: a waiting one is tried again by itself.',
  });
}

export function channelDisabled(name: string): ProblemException {
  return new ProblemException({
    slug: 'alert-channel-disabled',
    status: 409,
    title: 'The channel is disabled',
    detail: `${name} takes no messages.`,
    remedy: 'Enable it first.',
  });
}
