import type { FileSettings } from '../../artifact-config';
import { authorizationFor, type FileAccess } from './file-access';

/** A web server, with credentials where some are configured. It keeps no checksums: the bytes alone tell. */
export function httpsAccess(settings: FileSettings | null): FileAccess {
  return {
    repository: 'https',
    record: () => Promise.resolve(null),
    headers: (url) => (settings ? authorizationFor(settings, url) : {}),
  };
}
