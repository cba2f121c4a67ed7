import { join } from 'node:path';
import ts from 'typescript';
import { ROOT, type Resource } from './chart';

/** By the API group, the packages with what Kubernetes and the others publish about their kinds. */
const PACKAGES: Readonly<Record<string, string>> = {
  apps: 'kubernetes-models/apps',
  autoscaling: 'kubernetes-models/autoscaling',
  batch: 'kubernetes-models/batch',
  'networking.k8s.io': 'kubernetes-models/networking.k8s.io',
  policy: 'kubernetes-models/policy',
  'rbac.authorization.k8s.io': 'kubernetes-models/rbac.authorization.k8s.io',
  '': 'kubernetes-models',
  'keda.sh': '@kubernetes-models/keda/keda.sh',
  'monitoring.coreos.com': '@kubernetes-models/prometheus-operator/monitoring.coreos.com',
  'gateway.networking.k8s.io': '@kubernetes-models/gateway-api/gateway.networking.k8s.io',
};

function moduleOf({ apiVersion, kind }: Resource): string {
  const [version, group = ''] = apiVersion.split('/').reverse();
  const found = PACKAGES[group];
  if (found === undefined) throw new Error(`There is no schema of ${apiVersion} ${kind}`);
  return `${found}/${version}`;
}

type Model = new (resource: object) => { validate(): void };

/**
 * Holds resources against the JSON schemas of their kinds: required fields, types, enumerations, formats. These schemas
 * let fields through that they do not know.
 * @throws what is wrong with which field
 */
export async function validate(resources: readonly Resource[]): Promise<void> {
  for (const resource of resources) {
    const models = (await import(moduleOf(resource))) as Readonly<Record<string, Model>>;
    const Model = models[resource.kind];
    if (!Model) throw new Error(`There is no schema of ${resource.apiVersion} ${resource.kind}`);
    try {
      new Model(resource).validate();
    } catch (error) {
      throw new Error(`${resource.kind} ${resource.metadata.name}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

/** What the types of the kinds say about the resources: above all, fields that there are not, such as a misspelt one. */
export function typeErrors(resources: readonly Resource[]): string[] {
  const name = join(ROOT, 'e2e', 'src', 'chart', 'resources.ts');
  const text = resources
    .map((resource, index) => {
      const type = `import('${moduleOf(resource)}').I${resource.kind}`;
      return `const resource${index}: ${type} = ${JSON.stringify(resource)};`;
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022 },
    moduleResolution: ts.ModuleResolutionKind.Node10,
    ignoreDeprecations: '5.0',
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => path === name || fileExists(path);
  host.readFile = (path) => (path === name ? text : readFile(path));
  host.getSourceFile = (path, ...rest) =>
    path === name ? ts.createSourceFile(path, text, ts.ScriptTarget.ES2022) : getSourceFile(path, ...rest);
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, start }) => {
    const { kind, metadata } = resources[text.slice(0, start).split('\n').length - 1]!;
    return `${kind} ${metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}
