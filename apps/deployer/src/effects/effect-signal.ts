import { Injectable } from '@nestjs/common';

/** Rings when there is an effect to perform, so that nobody has to wait for the next poll. */
@Injectable()
export class EffectSignal {
  private listener: () => void = () => undefined;

  onRing(listener: () => void): void {
    this.listener = listener;
  }

  ring(): void {
    this.listener();
  }
}
