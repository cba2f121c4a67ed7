import { Environment, loadConfig } from '@croupier/service-kit';
import { z } from 'zod';
import { choiceBySubject, type ChoiceBySubject } from '../subjects/choice-by-subject';

export const IMAGE_TARGETS = ['helm', 'gitops'] as const;
export type ImageTarget = (typeof IMAGE_TARGETS)[number];

const TargetConfigSchema = z.object({
  /** Who deploys the versions that are container images, by subject. */
  IMAGE_TARGETS: choiceBySubject(IMAGE_TARGETS),
});

export class TargetConfig {
  readonly imageTargets: ChoiceBySubject<ImageTarget>;

  constructor(environment: Environment) {
    this.imageTargets = loadConfig(TargetConfigSchema, environment).IMAGE_TARGETS;
  }
}
