import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { RULE_EXTENSION, type DescribedRule } from './rules/requires';

export const PUBLIC = Symbol('public');

const DESCRIBED: DescribedRule = { role: 'public', scope: 'none' };

/** Marks a route or controller that needs no bearer token. Everything else needs a rule: `Requires`. */
export const Public = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(PUBLIC, true), ApiExtension(RULE_EXTENSION, DESCRIBED));
