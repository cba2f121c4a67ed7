import { Injectable } from '@nestjs/common';
import type { AlertChannelDocument, AlertMessage } from '@croupier/contracts';
import type { Transaction } from '@croupier/persistence';
import { ChannelBook, type Channel } from '../documents/channel-book';
import { RouteBook, type Route } from '../documents/route-book';
import { inWordsOf } from '../routing/fill-template';
import { quietUntil } from '../routing/quiet-hours';
import { takes } from '../routing/route-match';
import { newDelivery } from './delivery';
import { DeliveryRepository } from './delivery-repository';

/** Longer than any event is on its way. */
const KEPT = '90 days';

/** Decides who hears of a message, and when. */
@Injectable()
export class DeliveryPlan {
  constructor(
    private readonly channels: ChannelBook,
    private readonly routes: RouteBook,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** In the transaction that records the event. */
  async deliver(tx: Transaction, message: AlertMessage): Promise<void> {
    // What belongs together is planned one after the other, so that it goes out in that order.
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.incident.' || $1))`, [
      message.incident,
    ]);
    const told = await this.withOutdatedTriggers(tx, message);
    const channels = new Map((await this.channels.all(tx)).map((channel) => [channel.name, channel]));
    // In one order for all, so that nobody waits for a lock of somebody who waits for theirs.
    for (const [name, route] of [...(await this.destinations(tx, told))].sort(byName)) {
      const channel = channels.get(name);
      if (!channel?.document.enabled) continue;
      if (!(await this.isWanted(tx, channel, told))) continue;
      const inWords = route === null ? told : inWordsOf(route.document.template, told);
      const heldUntil = await this.heldUntil(tx, channel, inWords);
      await this.deliveries.insert(tx, newDelivery(name, route?.name ?? null, inWords, heldUntil));
    }
  }

  /** A trigger that comes after what has resolved it opens no incident that nobody would ever resolve. */
  private async withOutdatedTriggers(tx: Transaction, message: AlertMessage): Promise<AlertMessage> {
    const { incident, action, occurredAt } = message;
    if (action === 'resolve') {
      await tx.query('DELETE FROM alert_resolutions WHERE resolved_at < now() - $1::interval', [KEPT]);
      await tx.query(
        `INSERT INTO alert_resolutions AS known (incident, resolved_at) VALUES ($1, $2)
         ON CONFLICT (incident) DO UPDATE SET resolved_at = greatest(known.resolved_at, excluded.resolved_at)`,
        [incident, occurredAt],
      );
    }
    if (action !== 'trigger') return message;
    const later = await tx.query<unknown[]>(
      'SELECT 1 FROM alert_resolutions WHERE incident = $1 AND resolved_at >= $2',
      [incident, occurredAt],
    );
    return later.length > 0 ? { ...message, action: 'note' } : message;
  }

  /** Channels by name, each with the first route that leads there; null: who has heard of the trigger hears the end. */
  private async destinations(tx: Transaction, message: AlertMessage): Promise<Map<string, Route | null>> {
    const found = new Map<string, Route | null>();
    for (const route of await this.routes.all(tx))
      if (takes(route.document, message))
        for (const channel of route.document.channels) if (!found.has(channel)) found.set(channel, route);
    if (message.action !== 'resolve') return found;
    const triggered = await tx.query<{ channel: string }[]>(
      `SELECT DISTINCT channel FROM alert_deliveries WHERE incident = $1 AND action = 'trigger'`,
      [message.incident],
    );
    for (const { channel } of triggered) if (!found.has(channel)) found.set(channel, null);
    return found;
  }

  /** PagerDuty has incidents and nothing else: neither notes, nor ends of what it has not heard of. */
  private async isWanted(
    tx: Transaction,
    { name, document }: Channel,
    message: AlertMessage,
  ): Promise<boolean> {
    if (document.settings.kind !== 'pagerduty' || message.action === 'trigger') return true;
    if (message.action === 'note') return false;
    await tx.query(
      `UPDATE alert_deliveries SET state = 'skipped', finished_at = now(), detail = 'resolved before it was told'
        WHERE incident = $1 AND channel = $2 AND state = 'held'`,
      [message.incident, name],
    );
    return this.hasToldOfBeginning(tx, name, message);
  }

  private async hasToldOfBeginning(
    tx: Transaction,
    channel: string,
    { incident }: AlertMessage,
  ): Promise<boolean> {
    const told = await tx.query<unknown[]>(
      `SELECT 1 FROM alert_deliveries
        WHERE incident = $1 AND channel = $2 AND action = 'trigger' AND state NOT IN ('held', 'digested', 'skipped')
        LIMIT 1`,
      [incident, channel],
    );
    return told.length > 0;
  }

  private async heldUntil(tx: Transaction, channel: Channel, message: AlertMessage): Promise<Date | null> {
    const { document, name } = channel;
    // Whoever was disturbed by the beginning of an incident wants to hear of its end.
    if (message.action === 'resolve' && (await this.hasToldOfBeginning(tx, name, message))) return null;
    const quiet = quietUntil(document.quietHours, message.severity, Date.now());
    if (quiet !== null) return new Date(quiet);
    if (document.settings.kind === 'pagerduty' || message.severity === 'critical') return null;
    return this.overRate(tx, name, document.rateLimit);
  }

  /** When the burst is over that a further message would be part of; null when there is room for it. */
  private async overRate(
    tx: Transaction,
    channel: string,
    limit: AlertChannelDocument['rateLimit'],
  ): Promise<Date | null> {
    if (limit === null) return null;
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.channel.' || $1))`, [
      channel,
    ]);
    const [row] = await tx.query<{ sent: number; heldUntil: Date | null; roomAt: Date }[]>(
      `SELECT count(*) FILTER (WHERE state NOT IN ('held', 'digested', 'skipped'))::int AS sent,
              max(held_until) FILTER (WHERE state = 'held') AS "heldUntil",
              coalesce(min(created_at) FILTER (WHERE state NOT IN ('held', 'digested', 'skipped')), now())
                + make_interval(secs => $2) AS "roomAt"
         FROM alert_deliveries WHERE channel = $1
          AND (created_at > now() - make_interval(secs => $2) OR state = 'held')`,
      [channel, limit.perSeconds],
    );
    if (!row || row.sent < limit.messages) return null;
    return row.heldUntil ?? row.roomAt;
  }
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}
