import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { withInlineSegments, type ClientFeature, type ClientSegment } from './client-feature';

/** What is asked for of an environment; null for everything. */
export interface FeatureQuery {
  readonly namePrefix: string | null;
  readonly projects: readonly string[] | null;
  /** For SDKs that know no segments. */
  readonly inline: boolean;
}

/** An answer, with its bytes made once. */
export interface RenderedDocument {
  readonly etag: string;
  readonly body: Buffer;
  readonly gzipped: Buffer;
}

const MAX_FILTERED = 50;

/** An environment between two changes of it. Nothing in it changes, so each answer is rendered once. */
export class Snapshot {
  private readonly rendered = new Map<string, RenderedDocument>();
  private hydrationData: string | undefined;

  constructor(
    readonly environment: string,
    readonly revision: number,
    readonly features: ReadonlyMap<string, ClientFeature>,
    readonly segments: ReadonlyMap<number, ClientSegment>,
  ) {}

  document(query: FeatureQuery): RenderedDocument {
    const key = JSON.stringify([query.inline, query.namePrefix, query.projects]);
    let document = this.rendered.get(key);
    if (document === undefined) {
      // Anybody with a token can think of prefixes: the oldest ones make room.
      if (this.rendered.size >= MAX_FILTERED) this.rendered.delete(this.rendered.keys().next().value!);
      this.rendered.set(key, (document = this.render(query, key)));
    }
    return document;
  }

  /** The data of a `hydration` event (Unleash's delta API), in JSON. */
  hydration(): string {
    return (this.hydrationData ??= JSON.stringify({
      events: [
        {
          type: 'hydration',
          eventId: this.revision,
          features: [...this.features.values()],
          segments: [...this.segments.values()],
        },
      ],
    }));
  }

  private render(query: FeatureQuery, key: string): RenderedDocument {
    const { inline, namePrefix, projects } = query;
    const features = [...this.features.values()]
      .filter(({ name }) => namePrefix === null || name.startsWith(namePrefix))
      .filter(({ project }) => projects === null || projects.includes(project))
      .map((feature) => (inline ? withInlineSegments(feature, this.segments) : feature));
    const content = {
      version: 2,
      features,
      query: {
        environment: this.environment,
        inlineSegmentConstraints: inline,
        ...(namePrefix === null ? {} : { namePrefix }),
        ...(projects === null ? {} : { project: projects }),
      },
      ...(inline ? {} : { segments: [...this.segments.values()] }),
    };
    const json = JSON.stringify(content);
    const queryHash = digest(key).slice(0, 8);
    // Of the content alone: every replica gives the same, whatever it has seen before.
    const etag = `"${queryHash}:${digest(json)}"`;
    const meta = JSON.stringify({ revisionId: this.revision, etag, queryHash });
    const body = Buffer.from(`${json.slice(0, -1)},"meta":${meta}}`);
    return { etag, body, gzipped: gzipSync(body, { level: 6 }) };
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 27);
}
