import { randomUUID } from 'node:crypto';
import type { ServiceName } from '@croupier/contracts';
import { ServiceAddresses } from '@croupier/service-kit';
import type { z } from 'zod';
import { ApiClient, ApiRefusal } from './api-client';
import { operatorTokenOf } from './operator-token';

export interface CommonOptions {
  readonly state: string;
  readonly json?: boolean;
  /** For the audit trail. */
  readonly actor?: string;
}

/** One service's API as an operator uses it; answers are parsed. */
export class ServiceApi {
  private constructor(
    private readonly api: ApiClient,
    private readonly url: string,
  ) {}

  static async of(service: ServiceName, options: CommonOptions): Promise<ServiceApi> {
    const api = new ApiClient(await operatorTokenOf(options), options.actor);
    return new ServiceApi(api, new ServiceAddresses(process.env).url(service));
  }

  async get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema>> {
    return schema.parse(await this.api.get(this.url + path));
  }

  /** Null when there is none. */
  async find<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.infer<Schema> | null> {
    try {
      return await this.get(path, schema);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status === 404) return null;
      throw error;
    }
  }

  async post<Schema extends z.ZodType>(path: string, body: object, schema: Schema): Promise<z.infer<Schema>> {
    return schema.parse(await this.api.post(this.url + path, body));
  }

  /** Counts once, however often a proxy may send it. */
  async postOnce<Schema extends z.ZodType>(
    path: string,
    body: object,
    schema: Schema,
  ): Promise<z.infer<Schema>> {
    const headers = { 'idempotency-key': randomUUID() };
    return schema.parse(await this.api.post(this.url + path, body, headers));
  }

  async delete(path: string): Promise<void> {
    await this.api.delete(this.url + path);
  }

  async put<Schema extends z.ZodType>(path: string, body: object, schema: Schema): Promise<z.infer<Schema>> {
    return schema.parse(await this.api.put(this.url + path, body));
  }
}

/** `?` and what is given of a search. */
export function queryOf(search: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(search).filter((each): each is [string, string] => each[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
