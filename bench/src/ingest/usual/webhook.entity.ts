import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

@Entity('usual_webhooks')
export class Webhook {
  @PrimaryColumn('text')
  provider!: string;

  @PrimaryColumn('text')
  webhookId!: string;

  @Column('uuid')
  eventId!: string;

  @Column('text')
  type!: string;

  @Column('jsonb')
  body!: object;

  @CreateDateColumn()
  receivedAt!: Date;
}
