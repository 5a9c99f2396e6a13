import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foundMasterKey, keptMasterKey, masterKeyFile } from '../../src/secrets/master-key.ts';

let home: string;
let folder: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'facefinder-key-'));
  folder = join(home, 'not', 'there');
});
afterEach(() => rmSync(home, { recursive: true }));

const hex = (key: Uint8Array | undefined) => key && Buffer.from(key).toString('hex');
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
/** A key of so many bytes that somebody put there. */
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

  it('is one key for all who start at the same moment', { timeout: 120_000 }, async () => {
    const starters = 3;
    for (let round = 0; round < 3; round += 1) {
      const gate = new Int32Array(new SharedArrayBuffer(4));
      const workerData = { folder: join(home, `round ${round}`), gate, starters };
      const keys = await Promise.all(
        Array.from({ length: starters }, async () => {
          const worker = new Worker(new URL('./key-process.ts', import.meta.url), { workerData });
          const [key] = await once(worker, 'message');
          return String(key);
        }),
      );
      expect(new Set(keys).size).toBe(1);
      expect(readdirSync(workerData.folder)).toEqual(['master.key']);
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
