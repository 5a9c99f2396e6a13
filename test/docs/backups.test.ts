import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../infra/services/port.ts';
import { readConfig } from '../../src/config.ts';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import { inHouse } from '../backup/house.ts';
import { facefinder } from '../e2e/program.ts';
import { enrolled, face, namesFound, somebody, somewhere } from '../gallery/people.ts';

/** The commands of the chapter, in their order. */
async function chapter(): Promise<string[]> {
  const text = await readFile(new URL('../../docs/operate.md', import.meta.url), 'utf8');
  const [, section = ''] = text.split('\n### Embedded\n');
  const [embedded = ''] = section.split('\n### ');
  return [...embedded.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
}

test('the chapter on backups, done as it is written, brings everybody back but who was erased since', {
  timeout: 300_000,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), 'facefinder-docs-'));
  const key = randomBytes(32).toString('base64');
  const env = {
    DATA_DIR: join(root, 'data'),
    STATE_DIR: join(root, 'state'),
    MASTER_KEY: key,
    FACE_PACK: 'faceplugin512',
    // A facefinder may be running on the usual port.
    PLAYGROUND_PORT: String(await freePort()),
  };
  const house = <T>(work: Parameters<typeof inHouse<T>>[1]) => inHouse(readConfig(env, root), work);
  const [ada, ben, adas, bens] = [somebody('Ada'), somebody('Ben'), face(512), face(512)];
  const scope = await house(async ({ stores: { gallery } }) => {
    const club = await gallery.scope(somewhere());
    await enrolled(gallery, club, ada, [adas], { version: NOTICE_VERSION });
    await enrolled(gallery, club, ben, [bens], { version: NOTICE_VERSION });
    return club;
  });
  const lines = await chapter();
  expect(lines).toHaveLength(4);
  const said: string[] = [];
  for (const line of lines) {
    const [npx, name, ...args] = line
      .split(' ')
      .map((word) => word.replace('today.backup', join(root, 'today.backup')));
    expect([npx, name]).toEqual(['npx', 'facefinder']);
    if (args[0] === 'restore') await house(({ stores }) => stores.gallery.erase(scope, ben, 'asked', Date.now()));
    const { code, out, err } = await facefinder(args, env);
    expect({ line, code, err }).toEqual({ line, code: 0, err: expect.not.stringContaining('facefinder:') });
    said.push(out);
  }
  expect(said[0]).toMatch(/^written and read back.*groups 1, people 2, faces 2/);
  expect(said[1]).toMatch(/^whole/);
  expect(said[2]).toMatch(/^restored.*people 1\nnot brought back, because they were erased since: 1/);
  expect(said[3]).not.toMatch(/^FAIL/m);
  await house(async ({ stores: { gallery } }) => {
    expect((await namesFound(gallery, scope, adas))[0]).toBe('Ada');
    expect(await namesFound(gallery, scope, bens)).not.toContain('Ben');
  });
  await rm(root, { recursive: true });
});
