import { type ArgumentsHost, Catch, type INestApplication, type RpcExceptionFilter } from '@nestjs/common';
import type { NestMicroservice } from '@nestjs/microservices';
import { type Observable, throwError } from 'rxjs';
import type { BusServer } from './bus-server';

/** Nest's own filter replaces errors by 'Internal server error'; a dead letter has to tell what happened. */
@Catch()
class KeepError implements RpcExceptionFilter {
  catch(error: unknown, _host: ArgumentsHost): Observable<never> {
    return throwError(() => error);
  }
}

/** Connects the application's `@EventPattern` handlers; deliveries begin with `app.startAllMicroservices()`. */
export function serveEvents(app: INestApplication, server: BusServer): void {
  const microservice = app.connectMicroservice<{ strategy: BusServer }>(
    { strategy: server },
    { deferInitialization: true },
  ) as NestMicroservice;
  microservice.useGlobalFilters(new KeepError());
  // What connectMicroservice does when not deferred; filters have to be there before the listeners.
  microservice.registerListeners();
  microservice.setIsInitialized(true);
  microservice.setIsInitHookCalled(true);
}
