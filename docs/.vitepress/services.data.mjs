import { readFileSync } from 'node:fs';
import { SERVICES } from './pages.mjs';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];

/** The services, each with what its OpenAPI document says of it and how many operations it has. */
export default {
  load: () =>
    SERVICES.map((name) => {
      const file = new URL(`../public/openapi/${name}.json`, import.meta.url);
      const { info, paths } = JSON.parse(readFileSync(file, 'utf8'));
      const operations = Object.values(paths).flatMap((path) => METHODS.filter((method) => method in path));
      return { name, description: info.description, operations: operations.length };
    }),
};
