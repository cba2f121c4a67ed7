/** Requests under way to each game server. */
export class InFlight {
  private readonly byEndpoint = new Map<string, number>();

  constructor(private readonly limit: number) {}

  /** False when the game server has all the requests it may have. Each true needs one `leave`. */
  enter(endpoint: string): boolean {
    const underWay = this.byEndpoint.get(endpoint) ?? 0;
    if (underWay >= this.limit) return false;
    this.byEndpoint.set(endpoint, underWay + 1);
    return true;
  }

  leave(endpoint: string): void {
    const underWay = this.byEndpoint.get(endpoint) ?? 0;
    if (underWay > 1) this.byEndpoint.set(endpoint, underWay - 1);
    else this.byEndpoint.delete(endpoint);
  }
}
