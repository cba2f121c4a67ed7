import { retryAfterMs } from '@croupier/service-kit';
import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from '@slack/web-api';
import { DeliveryFault } from '../delivery-fault';
import { forbiddenAddress } from '../http/alert-connections';

/** What passes by itself (https://docs.slack.dev/reference/methods/chat.postMessage#errors). */
const PASSING = new Set([
  'accesslimited',
  'fatal_error',
  'internal_error',
  'message_limit_exceeded',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
]);

/** What the error of a call to Slack means for the delivery. */
export function slackFault(error: unknown): DeliveryFault {
  if (error instanceof WebAPIRateLimitedError)
    return new DeliveryFault('Slack has enough of messages', true, asked(String(error.retryAfter)));
  if (error instanceof WebAPIPlatformError)
    return new DeliveryFault(`Slack answered ${error.data.error}`, PASSING.has(error.data.error));
  if (error instanceof WebAPIHTTPError)
    return new DeliveryFault(
      `Slack answered ${error.statusCode}`,
      error.statusCode >= 500,
      asked(error.headers['retry-after']),
    );
  const forbidden = forbiddenAddress(error);
  if (forbidden !== null) return new DeliveryFault(forbidden, false);
  if (error instanceof WebAPIRequestError) return new DeliveryFault(`Slack: ${error.original.message}`, true);
  return new DeliveryFault(`Slack: ${(error as Error).message}`, true);
}

function asked(retryAfter: string | undefined): number | null {
  return retryAfterMs(retryAfter, Date.now());
}
