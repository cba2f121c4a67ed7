import { z } from 'zod';
import { AddressPolicy } from './address-policy';

/** A variable that lists, by comma, what may be reached although it is not public, and without TLS. */
export const InternalHosts = z
  .string()
  .default('')
  .transform((hosts, context) => {
    try {
      return new AddressPolicy(hosts.split(',').flatMap((host) => host.trim() || []));
    } catch (error) {
      context.addIssue({ code: 'custom', message: (error as Error).message });
      return z.NEVER;
    }
  });
