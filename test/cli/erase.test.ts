import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { erase } from '../../src/cli/erase.ts';
import type { ErasureClaims } from '../../src/consent/receipt.ts';
import type { Person, Place } from '../../src/consent/who.ts';
import { openSqliteGallery } from '../../src/gallery/sqlite/sqlite.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { keptMasterKey } from '../../src/secrets/master-key.ts';
import { PACK } from '../gallery/gallery-store.ts';
import { agreed } from '../gallery/people.ts';

const ADA: Person = { platform: 'page', id: 'ada', name: 'Ada' };
const HERE: Place = { platform: 'page', id: 'local' };

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'facefinder-erase-'));
  const keys = deriveKeys(keptMasterKey(dataDir, []));
  await using gallery = await openSqliteGallery({ file: join(dataDir, 'gallery.db'), keys, pack: PACK });
  await agreed(gallery, await gallery.scope(HERE), ADA);
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/**
 * Runs `facefinder erase` for Ada. Gives the exit code and the output. Of receipts it gives the
 * claims.
 */
async function facefinderErase(...more: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (line: string) => void out.push(line),
    err: (line: string) => void err.push(line),
    env: { DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
  };
  const code = await erase.run(['--person', 'page:ada', ...more], io);
  return { code, receipts: out.map(claimsOf), err: err.join('\n') };
}

function claimsOf(receipt: string): ErasureClaims {
  return JSON.parse(Buffer.from(receipt.split('.')[1] ?? '', 'base64url').toString());
}

/**
 * Reads the gallery as another process may do, such as a backup. Erased bytes stay in the file
 * until this reading ends.
 */
function readGallery(): DatabaseSync {
  const reader = new DatabaseSync(join(dataDir, 'gallery.db'), { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM people').get();
  return reader;
}

describe('facefinder erase', () => {
  it('prints the final receipt', async () => {
    expect(await facefinderErase('--scope', 'page:local')).toMatchObject({
      code: 0,
      receipts: [{ final: true, reason: 'operator' }],
    });
  });

  it('waits for bytes that somebody’s read keeps on disk, says so, and prints the final receipt alone', async () => {
    using reader = readGallery();
    const erasing = facefinderErase();
    await sleep(8_000);
    reader.exec('COMMIT');
    expect(await erasing).toMatchObject({
      code: 0,
      receipts: [{ final: true, checked: { bytes: 'clean' } }],
      err: expect.stringContaining('Waiting for the bytes'),
    });
  });

  it('says what becomes of bytes that stay longer than it waits, and fails', async () => {
    using _ = readGallery();
    expect(await facefinderErase('--wait', '1')).toMatchObject({
      code: 1,
      receipts: [{ final: false }],
      err: expect.stringContaining('keeps the bytes on disk'),
    });
  });

  it.each(['soon', '-1', '1.5'])('takes no %s for a time to wait', async (seconds) => {
    await expect(facefinderErase(`--wait=${seconds}`)).rejects.toThrow(/--wait must be a number of seconds/);
  });
});
