import { SERVICE_NAMES } from '@croupier/contracts';
import type { RouteRule } from './route-rules';

/** `docs/access.md` begins with prose; what follows this line is made from the services. */
export const TABLE_MARK = '<!-- From here on made by `npm run docs:access`. -->';

/** Whom every route is for, service by service, as Markdown. What all services have comes first. */
export function accessTableOf(routes: readonly RouteRule[]): string {
  const shared = (route: RouteRule) => SERVICE_NAMES.every((service) => has(routes, service, route));
  const common = routes.filter((route) => route.service === SERVICE_NAMES[0] && shared(route));
  const sections = SERVICE_NAMES.map((service) => {
    const own = routes.filter((route) => route.service === service && !shared(route));
    return own.length > 0 ? section(service, own) : null;
  });
  return (
    [TABLE_MARK, section('Every service', common), ...sections.filter((each) => each !== null)].join('\n\n') +
    '\n'
  );
}

function has(routes: readonly RouteRule[], service: string, { method, path }: RouteRule): boolean {
  return routes.some((each) => each.service === service && each.method === method && each.path === path);
}

function section(title: string, routes: readonly RouteRule[]): string {
  const cells = [
    ['route', 'for', 'about'],
    ...routes.map(({ method, path, rule }) => [
      `\`${method} ${path}\``,
      rule?.role ?? 'nobody',
      rule?.scope ?? 'none',
    ]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const [head, ...rows] = cells.map(
    (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`,
  );
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [`## ${title}`, '', head, rule, ...rows].join('\n');
}
