import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { z } from 'zod';

const LockedPackage = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  license: z.string().optional(),
  link: z.boolean().optional(),
  resolved: z.string().optional(),
  dependencies: z.record(z.string(), z.string()).optional(),
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  peerDependencies: z.record(z.string(), z.string()).optional(),
  peerDependenciesMeta: z.record(z.string(), z.object({ optional: z.boolean().optional() })).optional(),
  integrity: z.string().optional(),
  devDependencies: z.record(z.string(), z.string()).optional(),
});
const Lockfile = z.object({ packages: z.record(z.string(), LockedPackage) });
export type Lockfile = z.infer<typeof Lockfile>;

/** One installed package that reaches those who run Croupier. */
export interface ShippedPackage {
  /** Folder under the repository, such as `node_modules/fastify`. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  /** SPDX expression; undefined when the package names none. */
  readonly licence: string | undefined;
  /** Digest of what was installed, as `sha512-...` in base64. */
  readonly integrity: string | undefined;
}

/** Development dependencies of these, by name, are built into what is shipped: Vite puts them into the page. */
const BUILT_IN: Readonly<Record<string, RegExp>> = {
  'apps/console': /^(@fontsource|@radix-ui|@tanstack|react|react-dom|uplot|wouter)(\/|-|$)/,
};

/** What the image runs (`deploy/Dockerfile`): the apps and the examples of the demo. */
const ROOTS = /^(apps|examples)\//;

/** Everything that `ROOTS` need at run time, without what only builds or tests them, in the order of their paths. */
export function shippedPackages({ packages }: Lockfile): ShippedPackage[] {
  const reached = new Set<string>();
  const waiting = Object.keys(packages).filter((path) => ROOTS.test(path) && !path.includes('node_modules/'));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue;
    reached.add(path);
    waiting.push(...neededBy(path, packages));
  }
  return [...reached]
    .filter((path) => path.includes('node_modules/'))
    .sort()
    .map((path) => ({
      path,
      name: packages[path]?.name ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: packages[path]?.version ?? '',
      licence: packages[path]?.license ?? ownWord(path),
      integrity: packages[path]?.integrity,
    }));
}

export function readLockfile(root: string): Lockfile {
  return Lockfile.parse(JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')));
}

function neededBy(path: string, packages: Lockfile['packages']): string[] {
  const locked = packages[path];
  const builtIn = BUILT_IN[path];
  const names = [
    ...Object.keys({
      ...locked?.dependencies,
      ...locked?.optionalDependencies,
    }),
    ...Object.keys(locked?.peerDependencies ?? {}).filter(
      (name) => !locked?.peerDependenciesMeta?.[name]?.optional,
    ),
    ...Object.keys(locked?.devDependencies ?? {}).filter((name) => builtIn?.test(name)),
  ];
  return names.flatMap((name) => resolved(name, path, packages) ?? []);
}

/** As Node does: the nearest `node_modules` upwards that has it. Optional packages may be in none. */
function resolved(name: string, from: string, packages: Lockfile['packages']): string | undefined {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, 'node_modules', name);
    const found = packages[path];
    if (found) return found.link ? found.resolved : path;
    if (folder === '.') return undefined;
  }
}

/** Older packages say `licenses: [{ type }]`, which npm does not put into the lockfile. */
const Manifest = z.object({
  license: z.string().optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

function ownWord(path: string): string | undefined {
  try {
    const manifest = Manifest.parse(
      JSON.parse(readFileSync(join(__dirname, '..', path, 'package.json'), 'utf8')),
    );
    return manifest.license ?? manifest.licenses?.map(({ type }) => type).join(' AND ');
  } catch {
    return undefined;
  }
}
