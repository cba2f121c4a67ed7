import { eventually } from '@croupier/testing';
import { z } from 'zod';

const TARGETS_TIMEOUT_MS = 60_000;
const CALL_TIMEOUT_MS = 5_000;

const Targets = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({ scrapeUrl: z.string(), health: z.string(), lastError: z.string().default('') }),
    ),
  }),
});
const Rules = z.object({
  data: z.object({ groups: z.array(z.object({ rules: z.array(z.object({ health: z.string() })) })) }),
});
const Alertmanagers = z.object({ data: z.object({ activeAlertmanagers: z.array(z.unknown()) }) });

export interface Observation {
  readonly targets: number;
  readonly rules: number;
  readonly alertmanagers: number;
}

/** What Prometheus sees, once every target is up and every rule has been evaluated. */
export async function observation(prometheusUrl: string): Promise<Observation> {
  const ask = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> => {
    const answer = await fetch(`${prometheusUrl}/api/v1/${path}`, {
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return schema.parse(await answer.json());
  };
  return eventually(
    async () => {
      const { activeTargets } = (await ask('targets', Targets)).data;
      const down = activeTargets.filter(({ health }) => health !== 'up');
      if (down.length > 0)
        throw new Error(down.map((each) => `${each.scrapeUrl} ${each.lastError}`).join(', '));
      const rules = (await ask('rules', Rules)).data.groups.flatMap((group) => group.rules);
      if (rules.some(({ health }) => health !== 'ok')) throw new Error('a rule is not evaluated');
      const { activeAlertmanagers } = (await ask('alertmanagers', Alertmanagers)).data;
      return {
        targets: activeTargets.length,
        rules: rules.length,
        alertmanagers: activeAlertmanagers.length,
      };
    },
    { timeoutMs: TARGETS_TIMEOUT_MS, intervalMs: 1_000 },
  );
}
