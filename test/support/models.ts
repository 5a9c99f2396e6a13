import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DEFAULT_PACK } from '../../models/pack.ts';
import { FAST_PACK } from '../face/samples.ts';

const run = promisify(execFile);

/**
 * After this time a fetch is ended and repeated. npm itself would wait five minutes for a tarball
 * that does not come.
 */
const PATIENCE_MS = 120_000;
const TRIES = 3;

/** vitest's globalSetup: fetches the models beforehand, so that no test waits for the network. */
export default async function setup(): Promise<void> {
  const main = join(import.meta.dirname, '../../src/main.ts');
  // Tests find their servers by these two settings. The program would take them for an incomplete
  // configuration of production.
  const { REDIS_URL: _, ELASTICSEARCH_URL: __, ...env } = process.env;
  for (let attempt = 1; ; attempt++) {
    try {
      for (const pack of [DEFAULT_PACK, FAST_PACK]) {
        await run(process.execPath, [main, 'models', 'fetch', pack], { env, timeout: PATIENCE_MS });
      }
      return;
    } catch (error) {
      console.error(`the models could not be fetched (${attempt} of ${TRIES}): ${String(error)}`);
      if (attempt === TRIES) return;
    }
  }
}
