import { answer, HttpDouble, type Behaviour, type SeenRequest } from './http-double';

/** Arguments of `chat.postMessage` that were taken. */
export interface SlackPost {
  readonly channel: string;
  readonly text: string;
  readonly blocks: readonly { readonly type: string; readonly text?: { readonly text: string } }[];
  readonly threadTs: string | null;
  readonly metadata: { readonly event_type: string; readonly event_payload: Record<string, unknown> } | null;
  /** What it was answered with. */
  readonly ts: string;
}

const TOKEN = 'xoxb-0000000000-double';
const CONVERSATIONS: Readonly<Record<string, string>> = {
  '#releases': 'C0000000001',
  C0000000001: 'C0000000001',
};

/**
 * `chat.postMessage` and `chat.update` of Slack's Web API: arguments, answers and errors as
 * https://docs.slack.dev/reference/methods/chat.postMessage, https://docs.slack.dev/reference/methods/chat.update and https://docs.slack.dev/apis/web-api/rate-limits say.
 */
export class SlackDouble {
  readonly token = TOKEN;
  readonly posts: SlackPost[] = [];
  /** What was edited, by `ts`: its text now. */
  readonly edits = new Map<string, string>();

  private constructor(readonly http: HttpDouble) {}

  static async start(): Promise<SlackDouble> {
    const double: SlackDouble = new SlackDouble(await HttpDouble.start((request) => double.answer(request)));
    return double;
  }

  get apiUrl(): string {
    return `${this.http.url}/api/`;
  }

  /** Of one thread, the first message included. */
  thread(ts: string): SlackPost[] {
    return this.posts.filter((post) => post.ts === ts || post.threadTs === ts);
  }

  stop(): Promise<void> {
    return this.http.stop();
  }

  private answer({ method, path, headers, body }: SeenRequest): Behaviour {
    if (method !== 'POST') return answer(404);
    if (headers['authorization'] !== `Bearer ${TOKEN}`) return refusal('invalid_auth');
    // The arguments as a form; those that are objects as JSON in it.
    const form = new URLSearchParams(body);
    switch (path) {
      case '/api/chat.postMessage':
        return this.post(form);
      case '/api/chat.update':
        return this.update(form);
      default:
        return answer(404);
    }
  }

  private update(form: URLSearchParams): Behaviour {
    const [channel, ts, text] = ['channel', 'ts', 'text'].map((name) => form.get(name) ?? '');
    const known = this.posts.some((post) => post.ts === ts && post.channel === channel);
    if (!known) return refusal('message_not_found');
    this.edits.set(ts!, text!);
    return json({ ok: true, channel, ts, text });
  }

  private post(form: URLSearchParams): Behaviour {
    const conversation = CONVERSATIONS[form.get('channel') ?? ''];
    if (conversation === undefined) return refusal('channel_not_found');
    const text = form.get('text') ?? '';
    const blocks = JSON.parse(form.get('blocks') ?? '[]') as SlackPost['blocks'];
    if (text === '' && blocks.length === 0) return refusal('no_text');
    if (blocks.some((block) => (block.text?.text.length ?? 0) > 3_000)) return refusal('invalid_blocks');
    const ts = `1700000000.${String(this.posts.length + 1).padStart(6, '0')}`;
    const threadTs = form.get('thread_ts');
    const metadata = JSON.parse(form.get('metadata') ?? 'null') as SlackPost['metadata'];
    this.posts.push({ channel: conversation, text, blocks, threadTs, metadata, ts });
    const message = { type: 'message', subtype: 'bot_message', text, ts };
    return json({ ok: true, channel: conversation, ts, message });
  }
}

function refusal(error: string): Behaviour {
  return json({ ok: false, error });
}

/** Slack answers 200 whatever becomes of a call. */
function json(body: object): Behaviour {
  return answer(200, body, { 'content-type': 'application/json; charset=utf-8' });
}
