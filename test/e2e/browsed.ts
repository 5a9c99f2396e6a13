import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { missingChromium, openChromium } from './chromium.ts';
import { type RunningApp, runApp } from './page-app.ts';

/** The app with its page, and a browser. */
export interface Browsed {
  readonly app: RunningApp;
  readonly browser: Browser;
}

/**
 * Gives the `describe` of a file whose tests share one app and one browser. Without a browser the
 * tests are skipped, and standard error says that `what` is not tested.
 * @throws without a browser under CI=true
 */
export async function inBrowser(what: string): Promise<(name: string, tests: (browsed: Browsed) => void) => void> {
  const missing = await missingChromium();
  if (missing) console.error(`*** NOT TESTED: ${what}, because ${missing}`);
  return (name, tests) =>
    describe.skipIf(missing)(name, () => {
      const browsed = {} as { -readonly [Part in keyof Browsed]: Browsed[Part] };
      beforeAll(async () => {
        browsed.app = await runApp();
        browsed.browser = await openChromium();
      });
      afterAll(async () => {
        await browsed.browser?.close();
        await browsed.app?.[Symbol.asyncDispose]();
      });
      tests(browsed);
    });
}
