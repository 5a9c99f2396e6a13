import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foundMasterKey, keptMasterKey, keyPointer, masterKeyFile, moveKey } from '../../src/secrets/master-key.ts';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'facefinder-key-'));
  folder = join(home, 'not', 'there');
});
afterEach(() => rmSync(home, { recursive: true }));

const hex = (key: Uint8Array | undefined) => key && Buffer.from(key).toString('hex');
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
/** Puts a file with a key of this many bytes there. */
const put = (bytes: number) =>
  writeFileSync(join(home, 'master.key'), `${Buffer.alloc(bytes, 7).toString('base64')}\n`);

describe('the master key of a folder', () => {
  it('is made at the first start, has 32 bytes, and is the same ever after', () => {
    const key = keptMasterKey(folder, []);
    expect(key).toHaveLength(32);
    expect(hex(keptMasterKey(folder, []))).toBe(hex(key));
    expect(hex(foundMasterKey(folder, []))).toBe(hex(key));
    expect(hex(keptMasterKey(join(home, 'other'), []))).not.toBe(hex(key));
  });

  it('is readable by its owner alone, in a folder that others cannot enter, and stands there once', () => {
    keptMasterKey(folder, []);
    expect(readdirSync(folder)).toEqual(['master.key']);
    expect(masterKeyFile(folder)).toBe(join(folder, 'master.key'));
    expect([mode(folder), mode(masterKeyFile(folder))]).toEqual(['700', '600']);
  });

  it('is only read from then on, from a folder that may be read-only by now', () => {
    keptMasterKey(folder, []);
    const { mtimeMs } = statSync(folder);
    keptMasterKey(folder, []);
    expect(statSync(folder).mtimeMs).toBe(mtimeMs);
  });

  it.each(['beside the data', 'apart'])('is one key for all who start at the same moment, %s', async (where) => {
    const starters = 3;
    for (let round = 0; round < 3; round += 1) {
      const gate = new Int32Array(new SharedArrayBuffer(4));
      const data = join(home, `round ${round}`);
      const apart = where === 'apart' ? join(home, 'keys') : undefined;
      const workerData = { folder: data, apart, gate, starters };
      const keys = await Promise.all(
        Array.from({ length: starters }, async () => {
          const worker = new Worker(new URL('./key-process.ts', import.meta.url), { workerData });
          const [key] = await once(worker, 'message');
          return String(key);
        }),
      );
      expect(new Set(keys).size).toBe(1);
      expect(readdirSync(data)).toEqual([apart ? 'master.key.path' : 'master.key']);
      if (apart) expect(readdirSync(apart)).toHaveLength(round + 1);
    }
  });

  it('is not there before it was made, and looking for it makes nothing', () => {
    expect(foundMasterKey(folder, [join(home, 'gallery')])).toBeUndefined();
    expect(readdirSync(home)).toEqual([]);
  });

  it('is not replaced when it is lost and one of the files that it sealed is there', () => {
    const [sealed, absent] = [join(home, 'gallery'), join(home, 'pending')];
    writeFileSync(sealed, '');
    const lost = expect.objectContaining({ code: 'key_lost' });
    expect(() => keptMasterKey(home, [absent, sealed])).toThrow(lost);
    expect(() => foundMasterKey(home, [sealed, absent])).toThrow(lost);
    expect(readdirSync(home)).toEqual(['gallery']);
  });

  it('may be brought along, with at least 32 bytes: less is called damaged', () => {
    put(32);
    expect(keptMasterKey(home, [])).toHaveLength(32);
    put(31);
    expect(() => keptMasterKey(home, [])).toThrow(expect.objectContaining({ code: 'key_damaged' }));
  });
});

describe('the master key that is kept apart', () => {
  const apart = () => join(home, 'keys');
  const pointed = () => readFileSync(keyPointer(folder), 'utf8').trim();

  it('is the same ever after, with or without saying where it would be made', () => {
    const key = hex(keptMasterKey(folder, [], apart()));
    expect(hex(keptMasterKey(folder, [], apart()))).toBe(key);
    expect(hex(keptMasterKey(folder, [], join(home, 'elsewhere')))).toBe(key);
    expect(hex(foundMasterKey(folder, []))).toBe(key);
    expect(hex(keptMasterKey(folder, []))).toBe(key);
    expect([readdirSync(folder), readdirSync(apart())]).toEqual([['master.key.path'], [basename(pointed())]]);
  });

  it('is not moved when one apart is asked for, but only by a move', () => {
    const key = hex(keptMasterKey(folder, []));
    expect(hex(keptMasterKey(folder, [], apart()))).toBe(key);
    expect(readdirSync(folder)).toEqual(['master.key']);
    const bytes = join(home, 'the same bytes');
    linkSync(masterKeyFile(folder), bytes);
    const to = moveKey(folder, apart());
    // The bytes of a removed file may stay on a disk, so they were overwritten first.
    expect(readFileSync(bytes).every((byte) => byte === 0)).toBe(true);
    expect(to).toBe(pointed());
    expect(hex(foundMasterKey(folder, []))).toBe(key);
    expect([readdirSync(folder), mode(apart()), mode(pointed())]).toEqual([['master.key.path'], '700', '600']);
    expect(moveKey(folder, apart())).toBeUndefined();
  });

  it('is made where the pointer says, in a folder for nobody else, when a power cut left nothing but the pointer', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(keyPointer(folder), `${join(apart(), 'its own.key')}\n`);
    keptMasterKey(folder, [], join(home, 'elsewhere'));
    expect([readdirSync(apart()), mode(apart()), mode(pointed())]).toEqual([['its own.key'], '700', '600']);
  });

  it.each(['the pointer', 'the key'])(
    'that was being moved when the power went, after %s, is read and moved by the next try',
    (last) => {
      const key = hex(keptMasterKey(folder, []));
      const beside = readFileSync(masterKeyFile(folder));
      moveKey(folder, apart());
      writeFileSync(masterKeyFile(folder), beside);
      if (last === 'the pointer') rmSync(pointed());
      expect(hex(foundMasterKey(folder, []))).toBe(key);
      expect(moveKey(folder, apart())).toBe(pointed());
      expect(hex(foundMasterKey(folder, []))).toBe(key);
      expect(readdirSync(folder)).toEqual(['master.key.path']);
      expect(readdirSync(apart())).toEqual([basename(pointed())]);
    },
  );

  it('stays, and so does another one beside the data, when the two are not the same', () => {
    const key = hex(keptMasterKey(folder, [], apart()));
    writeFileSync(masterKeyFile(folder), Buffer.alloc(32, 7).toString('base64'));
    expect(moveKey(folder, apart())).toBeUndefined();
    expect(hex(foundMasterKey(folder, []))).toBe(key);
    expect(readdirSync(folder).sort()).toEqual(['master.key', 'master.key.path']);
  });

  it('is not replaced when it is lost beside what it sealed', () => {
    keptMasterKey(folder, [], apart());
    const [sealed, was] = [join(folder, 'gallery'), pointed()];
    writeFileSync(sealed, '');
    rmSync(was);
    const lost = expect.objectContaining({ code: 'key_lost', where: was });
    expect(() => keptMasterKey(folder, [sealed], apart())).toThrow(lost);
    expect(() => foundMasterKey(folder, [sealed])).toThrow(lost);
    expect(readdirSync(apart())).toEqual([]);
  });

  it('leaves nothing where its folder cannot be made, and takes another that can', () => {
    writeFileSync(join(home, 'keys'), 'a file');
    expect(() => keptMasterKey(folder, [], apart())).toThrow();
    expect(readdirSync(folder)).toEqual([]);
    expect(keptMasterKey(folder, [], join(home, 'other keys'))).toHaveLength(32);
    expect(dirname(pointed())).toBe(join(home, 'other keys'));
  });
});

it('a start removes what a killed start left of a key, but not a key that is just being made', () => {
  keptMasterKey(folder, []);
  const left = [`master.key.${randomUUID()}`, 'master.key.4711'].map((name) => join(folder, name));
  const others = [`master.key.${randomUUID()}`, 'master.key.bak'];
  for (const path of [...left, ...others.map((name) => join(folder, name))]) writeFileSync(path, 'half a key');
  const minutesAgo = new Date(Date.now() - 2 * 60_000);
  for (const path of [...left, join(folder, 'master.key.bak')]) utimesSync(path, minutesAgo, minutesAgo);
  foundMasterKey(folder, []);
  expect(readdirSync(folder)).toHaveLength(5);
  keptMasterKey(folder, []);
  expect(readdirSync(folder).sort()).toEqual(['master.key', ...others].sort());
});
