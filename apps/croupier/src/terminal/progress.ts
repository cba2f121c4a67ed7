/** How far a long command is, on a terminal's standard error, so that the output stays clean. */
export class Progress {
  constructor(private readonly stream: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stderr) {}

  tell(text: string): void {
    if (this.stream.isTTY) this.stream.write(`\r\x1b[0K${text}`);
  }

  end(): void {
    if (this.stream.isTTY) this.stream.write('\r\x1b[0K');
  }
}
