import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Programs that a bare machine lacks, and that tests need. */
const MISSING = ['redis-server', 'java', 'mvn', 'ps', 'chromium', 'openssl', 'promtool', 'docker'];

/** Test files that need some of them, each with what `npm test` says when that is missing. */
const NEEDY: readonly (readonly [string, string])[] = [
  ['test/infra/services.test.ts', 'redis-server is not installed'],
  ['test/gallery/elasticsearch/races.test.ts', 'ps is not installed'],
  ['test/e2e/page-camera.test.ts', 'there is no Chromium'],
  ['test/bots/proxy.test.ts', 'openssl is not installed'],
  ['test/infra/monitoring.test.ts', 'promtool is not installed'],
];

/** Makes a folder that has all programs of this machine but {@link MISSING}. */
async function barePath(): Promise<string> {
  const bin = await mkdtemp(join(tmpdir(), 'bare-'));
  onTestFinished(() => rm(bin, { recursive: true, force: true }));
  const have = new Set(MISSING);
  for (const folder of (process.env.PATH ?? '').split(':')) {
    for (const name of await readdir(folder).catch((): string[] => [])) {
      if (have.has(name)) continue;
      have.add(name);
      await symlink(join(folder, name), join(bin, name));
    }
  }
  return bin;
}

test('npm test on a machine without servers, browser and openssl passes, and says loudly what it left out', async () => {
  const bin = await barePath();
  const { HOME, XDG_CACHE_HOME, MODEL_DIR, MODEL_MIRROR } = process.env;
  const known = Object.entries({ HOME, XDG_CACHE_HOME, MODEL_DIR, MODEL_MIRROR }).filter(([, value]) => value);
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const run = spawn(process.execPath, [vitest, 'run', '--maxWorkers=2', ...NEEDY.map(([file]) => file)], {
    cwd: ROOT,
    env: { ...Object.fromEntries(known), PATH: bin, CHROMIUM: join(bin, 'chromium') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(run.stdout), text(run.stderr), once(run, 'close')]);
  const said = `${out}\n${err}`;
  expect([code, said]).toEqual([0, expect.stringContaining('skipped')]);
  for (const [, reason] of NEEDY) expect(said).toMatch(new RegExp(`\\*\\*\\* NOT TESTED: .*${reason}`));
});
