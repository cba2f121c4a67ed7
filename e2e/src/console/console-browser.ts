import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import { haveProgram } from '@croupier/testing';
import { chromium, type Browser, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const PICTURES = join(__dirname, '../../../docs/images/console');
const PATIENCE_MS = 60_000;
/** What hinders somebody, by axe's own measure. */
const IN_THE_WAY: readonly unknown[] = ['serious', 'critical'];

/** A browser of its own, without a screen. */
export async function startBrowser(): Promise<Browser> {
  await haveProgram(CHROMIUM, 'chromium');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** The console as an operator sees it. */
export class ConsolePage {
  private constructor(
    readonly page: Page,
    private readonly url: string,
  ) {}

  static async open(browser: Browser, url: string): Promise<ConsolePage> {
    // A context of its own: axe opens a page beside ours.
    const context = await browser.newContext({ viewport: { width: 1100, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    return new ConsolePage(page, url);
  }

  /** Resolves when what the page shows has come. */
  async visit(path: string): Promise<void> {
    await this.page.goto(this.url + path);
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.getByText('Loading…').first().waitFor({ state: 'hidden' });
  }

  async signIn(token: string): Promise<void> {
    await this.page.getByLabel('Token').fill(token);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Presses a button, says why in its dialog, and presses it there. Answers the call that was shown. */
  async act(label: string, reason: string): Promise<string> {
    await this.page.getByRole('button', { name: label, exact: true }).first().click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill(reason);
    const call = await dialog.locator('pre').innerText();
    await dialog.getByRole('button', { name: label, exact: true }).click();
    await dialog.waitFor({ state: 'hidden' });
    return call;
  }

  /** Takes a picture for the documentation when `CONSOLE_SCREENSHOTS` asks for it. */
  async picture(name: string, height = 620): Promise<void> {
    if (!process.env['CONSOLE_SCREENSHOTS']) return;
    const clip = { x: 0, y: 0, width: 1100, height };
    await this.page.screenshot({ path: join(PICTURES, `${name}.png`), clip });
  }

  /** What axe finds serious or critical on the page as it is. */
  async barriers(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).analyze();
    return violations
      .filter(({ impact }) => IN_THE_WAY.includes(impact))
      .map(({ id, nodes }) => `${this.page.url()}: ${id} ${nodes[0]?.html.slice(0, 100)}`);
  }
}
