import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DEFAULT_PACK } from '../../models/pack.ts';
import { packInUse } from '../../src/app/pack.ts';
import { start } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';
import { photo, selfie, visitor } from '../e2e/page-app.ts';
import { FAST_PACK } from '../face/samples.ts';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'facefinder-pack-in-use-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const configIn = (folder: string, pack?: string) =>
  readConfig({ DATA_DIR: folder, PLAYGROUND_PORT: '0', WORKERS: '1', ...(pack && { FACE_PACK: pack }) }, folder);

/** Runs the whole app over this folder, while `work` speaks to its page. */
async function running(folder: string, pack: string | undefined, work: (url: string) => Promise<void>): Promise<void> {
  const app = await start(configIn(folder, pack), openLog('silent'));
  try {
    await work(app.url ?? '');
  } finally {
    await app.stop();
  }
}

test('a new gallery takes the default pack', async () => {
  const folder = await newFolder();
  expect(await packInUse(configIn(folder))).toBe(DEFAULT_PACK);
  await running(folder, undefined, async () => {});
  expect(await packInUse(configIn(folder))).toBe(DEFAULT_PACK);
});

const group = await readFile(photo(3));

test('a gallery keeps the pack that it was made with, until FACE_PACK names another; then its people enrol again', async () => {
  const folder = await newFolder();
  const find = async (url: string) => visitor(url, 'bob').say('/find', group);
  await running(folder, FAST_PACK, async (url) => {
    await visitor(url, 'ann').agree('/enroll', await selfie());
    expect(JSON.stringify(await visitor(url, 'bob').agree('/find', group))).toContain('"name":"ann"');
  });
  await running(folder, undefined, async (url) => {
    expect(JSON.stringify(await find(url))).toContain('"name":"ann"');
  });
  expect(await packInUse(configIn(folder))).toBe(FAST_PACK);

  await running(folder, DEFAULT_PACK, async (url) => {
    expect(JSON.stringify(await find(url))).not.toContain('"name":"ann"');
    const ann = visitor(url, 'ann');
    const texts = (await ann.agree('/find', group)).map(({ text }) => text);
    expect(texts.at(-1)).toContain('Send /enroll with a selfie to be found again');
    expect((await ann.say('/mydata'))[0]?.text).toContain('models that are no longer used');
    await ann.say('/enroll', await selfie());
    expect(JSON.stringify(await find(url))).toContain('"name":"ann"');
  });
  expect(await packInUse(configIn(folder))).toBe(DEFAULT_PACK);
});

test('a gallery that cannot be read does not count as a new one', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'gallery.db'), 'no database at all, and certainly no gallery');
  await expect(packInUse(configIn(folder))).rejects.toMatchObject({ code: 'unavailable' });
});
