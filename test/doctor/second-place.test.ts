import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { start } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { examine } from '../../src/doctor/examine.ts';
import { openLog } from '../../src/log.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'facefinder-second-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('doctor warns of a second place that no start can begin, before the first start and after it', async () => {
  await writeFile(join(root, 'file'), '');
  const DATA_DIR = join(root, 'data');
  const config = (STATE_DIR: string) =>
    readConfig({ DATA_DIR, STATE_DIR, PLAYGROUND_PORT: '0', WORKERS: '1', LOG_LEVEL: 'silent' }, root);
  const found = async (stateDir: string) =>
    (await examine(config(stateDir))).find(({ part }) => part === 'second place (STATE_DIR)');
  const closed = join(root, 'file', 'state');
  const warning = {
    state: 'warn',
    what: expect.stringMatching(/file is no folder/),
    todo: expect.stringContaining('STATE_DIR'),
  };
  expect(await found(closed)).toMatchObject(warning);
  expect(await found(join(root, 'state'))).toMatchObject({ state: 'ok' });
  const app = await start(config(closed), openLog('silent'));
  await app.stop();
  expect(await found(closed)).toMatchObject(warning);
  expect(await found(join(root, 'state'))).toMatchObject({ state: 'ok' });
});
