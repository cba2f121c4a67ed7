import { Injectable } from '@nestjs/common';
import { subjectId } from '@croupier/contracts';
import { newEvent, Outbox } from '@croupier/messaging';
import { Metrics } from '@croupier/service-kit';
import { DataSource } from 'typeorm';
import { Clock } from '../clock';
import { RegistryConfig } from '../registry-config';

const BATCH = 200;

interface Ending {
  readonly id: string;
  readonly provider: string;
  readonly game: string;
  readonly version: string;
  readonly market: string;
  readonly certificate: string;
  readonly laboratory: string | null;
  readonly valid_to: Date;
}

/** Tells of each certificate once that it ends soon; the metric counts those that do now. */
@Injectable()
export class ExpiryWarnings {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly config: RegistryConfig,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.readNumberAtScrape(
      'certificates_expiring_soon',
      'Certificates in force that end within CERTIFICATE_WARNING_DAYS',
      () => this.countSoon(),
    );
  }

  async tell(): Promise<void> {
    while ((await this.tellSome()) === BATCH);
  }

  private tellSome(): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const now = this.clock.now();
      const [ending] = await tx.query<[Ending[], number]>(
        `UPDATE certificates SET warned_at = $1 WHERE id IN (
           SELECT id FROM certificates
            WHERE valid_to > $1 AND valid_to <= $2 AND withdrawn_at IS NULL AND warned_at IS NULL
            ORDER BY valid_to LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
         RETURNING id, provider, game, version, market, certificate, laboratory, valid_to`,
        [now, this.horizon(now)],
      );
      await this.outbox.append(tx, ...ending.map(warningOf));
      return ending.length;
    });
  }

  private async countSoon(): Promise<number> {
    const now = this.clock.now();
    const [row] = await this.dataSource.query<{ soon: number }[]>(
      `SELECT count(*)::int AS soon FROM certificates
        WHERE valid_to > $1 AND valid_to <= $2 AND withdrawn_at IS NULL AND valid_from <= $1`,
      [now, this.horizon(now)],
    );
    return row?.soon ?? 0;
  }

  private horizon(now: Date): Date {
    return new Date(now.getTime() + this.config.warningMs);
  }
}

function warningOf({ provider, game, version, market, certificate, laboratory, valid_to }: Ending) {
  return newEvent(
    'certificate.expiring',
    {
      provider,
      game,
      version,
      market,
      certificate: certificate === '' ? null : certificate,
      laboratory,
      validTo: valid_to.toISOString(),
    },
    { source: 'croupier/registry', subject: subjectId(provider, game) },
  );
}
