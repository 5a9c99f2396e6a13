import { access, constants } from 'node:fs/promises';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * Chromium opens no window, uses no GPU and makes no connections of its own. Its camera shows a
 * test picture.
 */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
];

/**
 * Why the page cannot be tested in a browser here; undefined when it can. Under CI=true a missing
 * browser is an error.
 */
export async function missingChromium(): Promise<string | undefined> {
  try {
    await access(EXECUTABLE, constants.X_OK);
    return undefined;
  } catch (cause) {
    const reason = `there is no Chromium at ${EXECUTABLE}: install Debian's package chromium, or set CHROMIUM`;
    if (process.env.CI === 'true') throw new Error(reason, { cause });
    return reason;
  }
}

export function openChromium(flags: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: [...FLAGS, ...flags] });
}
