import { SetMetadata } from '@nestjs/common';

export const PUBLIC = Symbol('public');

/** Marks a route or controller that needs no bearer token. Everything else does. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);
