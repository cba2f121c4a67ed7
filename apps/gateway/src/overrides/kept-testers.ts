import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AuditTrail, ProblemException, requirePrecondition, type Precondition } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { GatewayConfig } from '../gateway-config';
import { readIfThere, writeWhole } from '../whole-file';
import { testerFilePath } from './tester-file';
import { Testers } from './testers';

export interface TestersChange {
  readonly testers: Testers;
  readonly actor: string;
  readonly reason: string | undefined;
  /** Null when any state will do. */
  readonly expected: Precondition | null;
}

const NOBODY: Testers = { groups: {}, rules: [] };

/** This gateway's testers as they are on disk, from where it and its workers read them. */
@Injectable()
export class KeptTesters {
  private readonly path: string | undefined;
  private readonly gatewayId: string;
  private lastChange: Promise<unknown> = Promise.resolve();

  constructor(
    { stateDirectory, gatewayId }: GatewayConfig,
    private readonly dataSource: DataSource,
    private readonly audit: AuditTrail,
  ) {
    this.path = testerFilePath(stateDirectory);
    this.gatewayId = gatewayId;
  }

  async find(): Promise<Testers> {
    if (this.path === undefined) return NOBODY;
    const text = await readIfThere(this.path);
    return text === null ? NOBODY : Testers.parse(JSON.parse(text));
  }

  /** One change after the other, each by what the one before has left. @throws ProblemException */
  async replace(change: TestersChange): Promise<void> {
    const { path } = this;
    if (path === undefined) throw nowhereToKeepTesters();
    const replaced = this.lastChange.then(() => this.write(path, change));
    this.lastChange = replaced.catch(() => undefined);
    await replaced;
  }

  /** They are in a file: told before it is written, so that nothing is changed untold. */
  private async write(path: string, { testers, actor, reason, expected }: TestersChange): Promise<void> {
    const before = await this.find();
    if (expected !== null) requirePrecondition(expected, testersTag(before));
    const object = { type: 'testers', id: this.gatewayId };
    const change = {
      actor,
      action: 'testers.replaced',
      object,
      reason: reason ?? null,
      before,
      after: testers,
    };
    await this.dataSource.transaction((tx) => this.audit.record(tx, change));
    await writeWhole(path, JSON.stringify(testers));
  }
}

/** Entity tag of the list, which may also be written by other means than a gateway, and so has no number. */
export function testersTag(testers: Testers): string {
  return `"${createHash('sha256').update(JSON.stringify(testers)).digest('hex').slice(0, 32)}"`;
}

function nowhereToKeepTesters(): ProblemException {
  return new ProblemException({
    slug: 'no-state-directory',
    status: 409,
    title: 'This gateway has no place to keep testers',
    remedy: 'Set STATE_DIR on the gateway.',
  });
}
