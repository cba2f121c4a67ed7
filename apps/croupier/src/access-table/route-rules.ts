import { SERVICE_NAMES, type ServiceName } from '@croupier/contracts';
import { describeService, RULE_EXTENSION, type DescribedRule } from '@croupier/service-kit';
import { loadService } from '../platform/service-package';

const METHODS = ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'] as const;

export interface RouteRule {
  readonly service: ServiceName;
  readonly method: string;
  /** As OpenAPI writes it: `/v1/releases/{id}`. */
  readonly path: string;
  /** Null for a route that does not say whom it is for, which the guard refuses to everybody. */
  readonly rule: DescribedRule | null;
}

/** Every route of every service's OpenAPI document. */
export async function routeRules(): Promise<RouteRule[]> {
  const rules: RouteRule[] = [];
  for (const service of SERVICE_NAMES) {
    const { paths } = await describeService(loadService(service));
    for (const [path, operations] of Object.entries(paths))
      for (const method of METHODS) {
        const operation = operations[method];
        if (operation) rules.push({ service, method: method.toUpperCase(), path, rule: ruleOf(operation) });
      }
  }
  return rules;
}

function ruleOf(operation: object): DescribedRule | null {
  return (operation as { readonly [RULE_EXTENSION]?: DescribedRule })[RULE_EXTENSION] ?? null;
}
