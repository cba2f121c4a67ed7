import type { ParamDecoratorEnhancer } from '@nestjs/common';

/** Lets a decorator of a parameter document the route that has it, as decorators of methods do. */
export function documenting(...decorators: readonly MethodDecorator[]): ParamDecoratorEnhancer {
  return (target, method) => {
    const descriptor = method === undefined ? undefined : Object.getOwnPropertyDescriptor(target, method);
    if (method === undefined || descriptor === undefined) return;
    for (const decorate of decorators) decorate(target, method, descriptor);
  };
}
