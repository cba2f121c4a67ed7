import { z } from 'zod';
import { LineOfText, Slug } from '../identifiers';

/** Longest mapping expression, in characters. */
export const MAPPING_LIMIT = 16 * 1024;

export const MappingExpression = z
  .string()
  .trim()
  .min(1)
  .max(MAPPING_LIMIT)
  .regex(/^[^\0\p{Cs}]*$/u, 'must have no U+0000 and no half surrogate pairs');

/** How the messages of a pipeline or registry name modules and artifacts. */
const ModuleNames = {
  /**
   * The vendor's name (a project's path, a job, a component, a repository) to the module's. Whatever is not listed
   * is ignored. Without it the last part of the vendor's name is the module.
   */
  modules: z.record(LineOfText.min(1).max(300), Slug).optional(),
  /** Where the artifact is, such as `registry.example.com/{module}:{version}`; else what the message says. */
  image: LineOfText.max(300)
    .refine(
      (text) => !/[{}\s]/.test(text.replace(/\{(module|version)\}/g, '')),
      'may have {module} and {version}, and no spaces',
    )
    .optional(),
};

/** The shape of a provider's bodies. */
export const PayloadSettings = z.discriminatedUnion('kind', [
  /** Ours: `ProviderWebhook`. */
  z.object({ kind: z.literal('croupier') }),
  /** The provider's own, turned into ours by a JSONata expression (https://docs.jsonata.org). */
  z.object({ kind: z.literal('jsonata'), expression: MappingExpression }),
  z.object({ kind: z.literal('gitlab-ci'), ...ModuleNames }),
  z.object({
    kind: z.literal('jenkins'),
    ...ModuleNames,
    /** The build parameter that holds the version; without it the tag that was built is the version. */
    versionParameter: LineOfText.min(1).max(100).default('VERSION'),
  }),
  z.object({ kind: z.literal('nexus'), ...ModuleNames }),
  z.object({ kind: z.literal('artifactory'), ...ModuleNames }),
  z.object({ kind: z.literal('oci-registry'), ...ModuleNames }),
]);
export type PayloadSettings = z.infer<typeof PayloadSettings>;
export type PayloadKind = PayloadSettings['kind'];

export const MappingDryRunRequest = z.object({
  expression: MappingExpression,
  /** A body as the provider sends it. */
  payload: z.json(),
});

export const MappingDryRun = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('mapped'), webhooks: z.array(z.unknown()) }),
  z.object({ outcome: z.literal('ignored'), reason: z.string() }),
  z.object({
    outcome: z.literal('failed'),
    detail: z.string(),
    /** Where in the expression, from 1, when the fault is there. */
    at: z.object({ offset: z.int(), line: z.int(), column: z.int() }).nullable(),
    /** JSONata's code of the fault. */
    code: z.string().nullable(),
    /** What is wrong with the result, when that is at fault. */
    errors: z.array(z.object({ field: z.string(), detail: z.string() })),
    /** What the expression gave, when that is at fault. */
    result: z.unknown(),
  }),
]);
export type MappingDryRun = z.infer<typeof MappingDryRun>;
