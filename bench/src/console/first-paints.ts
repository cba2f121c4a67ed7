import { gzipSync } from 'node:zlib';
import { haveProgram } from '@croupier/testing';
import { chromium, type Browser, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const DEADLINE_MS = 30_000;
/** The Paint Timing entry, in ms since the navigation began (https://www.w3.org/TR/paint-timing/). */
const FIRST_PAINT = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries())
      if (name === 'first-contentful-paint') resolve(startTime);
  }).observe({ type: 'paint', buffered: true });
})`;

export interface Load {
  readonly paintMs: number;
  /** Of all scripts that were loaded, gzipped each. */
  readonly scriptBytes: number;
}

export async function startBrowser(): Promise<Browser> {
  await haveProgram(CHROMIUM, 'chromium');
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
    ],
  });
}

/** Loads the page for somebody who has to sign in and for somebody who has, in turn; each in a new context. */
export async function firstPaints(browser: Browser, url: string, loads: number): Promise<Load[]> {
  const measured: Load[] = [];
  for (let load = 0; load < loads; load += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(DEADLINE_MS);
    if (load % 2 === 1)
      await page.addInitScript(`sessionStorage.setItem('croupier.operator-token', 'a token of the bench')`);
    measured.push(await firstPaint(page, url));
    await context.close();
  }
  return measured;
}

async function firstPaint(page: Page, url: string): Promise<Load> {
  const scripts: Promise<Buffer>[] = [];
  page.on('response', (answer) => {
    if (answer.request().resourceType() === 'script') scripts.push(answer.body());
  });
  await page.goto(url);
  const paintMs = await page.evaluate<number>(FIRST_PAINT);
  const bytes = (await Promise.all(scripts)).map((script) => gzipSync(script).length);
  return { paintMs, scriptBytes: bytes.reduce((sum, each) => sum + each, 0) };
}
