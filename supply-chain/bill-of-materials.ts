import { execFileSync } from 'node:child_process';
import { z } from 'zod';
import type { ShippedPackage } from './shipped-packages';

const Component = z.looseObject({
  'bom-ref': z.string(),
  type: z.enum(['library', 'application', 'framework']),
  name: z.string().min(1),
  version: z.string().min(1),
  purl: z.string().startsWith('pkg:npm/'),
});
type Component = z.infer<typeof Component>;

/** What is relied on of CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/). The rest is passed on as npm writes it. */
const BillOfMaterials = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.\d+$/),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/),
  version: z.int().min(1),
  metadata: z.looseObject({
    timestamp: z.iso.datetime(),
    component: z.looseObject({ 'bom-ref': z.string(), name: z.string(), version: z.string() }),
  }),
  components: z.array(Component),
  dependencies: z.array(z.looseObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});
export type BillOfMaterials = z.infer<typeof BillOfMaterials>;

const MAX_BYTES = 64 * 1024 * 1024;

/** As `npm sbom` tells it, of all that is no development dependency. @throws {z.ZodError} when it is not CycloneDX. */
export function materialsOfNpm(root: string): BillOfMaterials {
  const text = execFileSync(
    'npm',
    ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev'],
    {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: MAX_BYTES,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return BillOfMaterials.parse(JSON.parse(text));
}

/**
 * Only what is shipped; also what is built into the console, which npm takes for tools; and Croupier under its own
 * name, where npm takes that of the folder.
 */
export function materialsShipped(
  ofNpm: BillOfMaterials,
  packages: readonly ShippedPackage[],
): BillOfMaterials {
  const told = new Map(ofNpm.components.map((component) => [component['bom-ref'], component]));
  const components = new Map<string, Component>();
  for (const shipped of packages) {
    const ref = `${shipped.name}@${shipped.version}`;
    components.set(ref, told.get(ref) ?? componentOf(shipped, ref));
  }
  return {
    ...ofNpm,
    metadata: { ...ofNpm.metadata, component: { ...ofNpm.metadata.component, name: 'croupier' } },
    components: [...components.values()],
    dependencies: [
      { ref: ofNpm.metadata.component['bom-ref'], dependsOn: [...components.keys()] },
      ...ofNpm.dependencies
        .filter(({ ref }) => components.has(ref))
        .map((of) => ({ ...of, dependsOn: of.dependsOn.filter((ref) => components.has(ref)) })),
    ],
  };
}

function componentOf({ name, version, licence, integrity }: ShippedPackage, ref: string): Component {
  return {
    'bom-ref': ref,
    type: 'library',
    name,
    version,
    scope: 'required',
    purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
    licenses: licence === undefined ? [] : [{ expression: licence }],
    hashes: (integrity?.split(' ') ?? []).map((digest) => ({
      alg: digest.startsWith('sha512-') ? 'SHA-512' : 'SHA-1',
      content: Buffer.from(digest.slice(digest.indexOf('-') + 1), 'base64').toString('hex'),
    })),
  };
}
