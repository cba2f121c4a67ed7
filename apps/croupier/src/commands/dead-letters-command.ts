import {
  CONSUMERS,
  DeadLetterDetail,
  DeadLetterPage,
  ServiceName,
  type DeadLetter,
  type DeadLetterCommand,
} from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import { ApiClient } from '../platform/api-client';
import { operatorTokenOf } from '../platform/operator-token';

interface CommonOptions {
  readonly state: string;
  readonly json?: boolean;
}

export interface ListOptions extends CommonOptions {
  readonly service?: string;
  readonly type?: string;
  readonly resolved?: 'replayed' | 'discarded';
}

export interface ResolveOptions extends CommonOptions {
  readonly reason: string;
  /** Instead of ids: every open one, of `service` and `type` when they are given. */
  readonly all?: boolean;
  readonly service?: string;
  readonly type?: string;
}

interface Outcome {
  readonly deadLetter: string;
  readonly ok: boolean;
  readonly detail: string;
}

interface Listing {
  readonly letters: readonly DeadLetter[];
  /** Services that gave no answer, and why. */
  readonly silent: readonly { readonly service: ServiceName; readonly detail: string }[];
}

const PAGE = 200;
const CONSUMING = ServiceName.options.filter((name) => CONSUMERS[name].length > 0);

/** Ends 1 when a service could not be asked. */
export async function listDeadLetters(options: ListOptions): Promise<void> {
  const { letters, silent } = await new DeadLetterClient(await operatorTokenOf(options)).list(options);
  if (silent.length > 0) process.exitCode = 1;
  if (options.json) return print(JSON.stringify({ deadLetters: letters, silent }));
  for (const letter of letters)
    print(`${nameOf(letter)}  ${letter.deadAt}  ${letter.type}  ${letter.attempts} x  ${letter.error}`);
  for (const { service, detail } of silent) print(`${service} cannot be asked: ${detail}`);
  print(letters.length === 0 ? 'No dead letters.' : `${letters.length} dead letters.`);
}

export async function showDeadLetter(name: string, options: CommonOptions): Promise<void> {
  const letter = await new DeadLetterClient(await operatorTokenOf(options)).one(name);
  if (options.json) return print(JSON.stringify(letter));
  const { event, contentBase64, stack, resolvedAt, resolution } = letter;
  print(`${nameOf(letter)}  ${letter.type}  ${letter.messageId}`);
  print(`${letter.state}; dead since ${letter.deadAt} after ${letter.attempts} attempts`);
  if (resolvedAt) print(`${letter.state} at ${resolvedAt}: ${resolution ?? ''}`);
  print(`\n${letter.error}\n${stack}\n`);
  print(
    contentBase64 === null ? JSON.stringify(event, null, 2) : `no CloudEvent; in base64: ${contentBase64}`,
  );
}

/** Ends 1 when any of them could not be replayed or discarded. */
export async function resolveDeadLetters(
  command: DeadLetterCommand,
  names: readonly string[],
  options: ResolveOptions,
): Promise<void> {
  if (names.length > 0 === (options.all ?? false))
    throw new Error(`Name the dead letters to ${command}, such as registry/12, or say --all.`);
  const client = new DeadLetterClient(await operatorTokenOf(options));
  const { letters, silent } = options.all ? await client.list(options) : { letters: [], silent: [] };
  const chosen = options.all ? letters.map(nameOf) : names;
  const outcomes: Outcome[] = silent.map(({ service, detail }) => ({
    deadLetter: service,
    ok: false,
    detail,
  }));
  for (const name of chosen) {
    const detail = await client.resolve(name, command, options.reason).then(() => '', reasonOf);
    outcomes.push({ deadLetter: name, ok: detail === '', detail });
  }
  if (options.json) print(JSON.stringify({ outcomes }));
  else
    for (const { deadLetter, ok, detail } of outcomes)
      print(`${deadLetter}  ${ok ? (command === 'replay' ? 'replayed' : 'discarded') : detail}`);
  if (!options.json) print(`${outcomes.filter(({ ok }) => ok).length} of ${outcomes.length} done.`);
  process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
}

/** The dead letters of all services, each named `service/id`. */
class DeadLetterClient {
  private readonly addresses = new ServiceAddresses(process.env);
  private readonly api: ApiClient;

  constructor(operatorToken: string) {
    this.api = new ApiClient(operatorToken);
  }

  async list({ service, type, resolved }: Omit<ListOptions, 'state'>): Promise<Listing> {
    const services = service === undefined ? CONSUMING : [consuming(service)];
    const search = { state: resolved ?? 'open', ...(type ? { type } : {}) };
    const lists = await Promise.allSettled(services.map((name) => this.listOf(name, search)));
    return {
      letters: lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : [])),
      silent: lists.flatMap((list, index) =>
        list.status === 'rejected' ? [{ service: services[index]!, detail: reasonOf(list.reason) }] : [],
      ),
    };
  }

  async one(name: string): Promise<DeadLetterDetail> {
    return DeadLetterDetail.parse(await this.api.get(this.urlOf(name)));
  }

  async resolve(name: string, command: DeadLetterCommand, reason: string): Promise<void> {
    await this.api.post(`${this.urlOf(name)}/${command}`, { reason });
  }

  private async listOf(service: ServiceName, search: Record<string, string>): Promise<DeadLetter[]> {
    const letters: DeadLetter[] = [];
    let before: string | null = null;
    do {
      const query = new URLSearchParams({ ...search, limit: String(PAGE), ...(before ? { before } : {}) });
      const url = `${this.addresses.url(service)}/v1/dead-letters?${query.toString()}`;
      const page = DeadLetterPage.parse(await this.api.get(url));
      letters.push(...page.deadLetters);
      before = page.next;
    } while (before !== null);
    return letters;
  }

  private urlOf(name: string): string {
    const [service, id] = name.split('/');
    if (!service || !id)
      throw new Error(`${name} is no dead letter. Name one as list does, such as registry/12.`);
    return `${this.addresses.url(consuming(service))}/v1/dead-letters/${encodeURIComponent(id)}`;
  }
}

/** `fetch failed` alone tells nobody why. */
function reasonOf(thrown: unknown): string {
  const { message, cause } = thrown as Error & { cause?: { message?: string } };
  return cause?.message ? `${message} (${cause.message})` : message;
}

function nameOf({ service, id }: DeadLetter): string {
  return `${service}/${id}`;
}

function consuming(service: string): ServiceName {
  const found = CONSUMING.find((name) => name === service);
  if (!found) throw new Error(`${service} has no dead letters. These services do: ${CONSUMING.join(', ')}.`);
  return found;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
