import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, Transport } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { AddressInfo } from 'node:net';
import { DataSource } from 'typeorm';
import { WebhookController } from './webhook.controller';
import { Webhook } from './webhook.entity';
import { WebhookService } from './webhook.service';

const { DATABASE_URL = '', AMQP_URL = '', QUEUE = '' } = process.env;

/** The endpoint as the handbooks of Nest and TypeORM build it: Express, `save()`, and Nest's RabbitMQ transport. */
@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'EVENTS',
        transport: Transport.RMQ,
        options: { urls: [AMQP_URL], queue: QUEUE, persistent: true, queueOptions: { durable: true } },
      },
    ]),
  ],
  controllers: [WebhookController],
  providers: [
    WebhookService,
    {
      provide: DataSource,
      useFactory: () =>
        new DataSource({
          type: 'postgres',
          url: DATABASE_URL,
          entities: [Webhook],
          synchronize: true,
          poolSize: 10,
        }).initialize(),
    },
  ],
})
class AppModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule, {
    rawBody: true,
    logger: ['error', 'warn'],
  });
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ listening: port })}\n`);
}

void main();
