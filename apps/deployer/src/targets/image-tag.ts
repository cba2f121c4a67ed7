/** A tag has no `+`; build metadata follows `_`, as Helm writes it. https://helm.sh/docs/topics/registries/ */
export function imageTag(version: string): string {
  return version.replaceAll('+', '_');
}
