import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportVerb } from '../../src/cli/export.ts';
import { receiptSigner, verifyReceipt } from '../../src/consent/receipt.ts';
import { openSqliteGallery } from '../../src/gallery/sqlite/sqlite.ts';
import { deriveKeys } from '../../src/secrets/keys.ts';
import { keptMasterKey } from '../../src/secrets/master-key.ts';
import { PACK } from '../gallery/gallery-store.ts';
import { enrolled, face, somebody, T0 } from '../gallery/people.ts';

const ADA = { ...somebody('Ada'), platform: 'page', id: 'ada' };
const BEN = { ...somebody('Ben'), platform: 'page', id: 'ben' };
const FACES = [face(), face()];

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'facefinder-export-'));
  const keys = deriveKeys(keptMasterKey(dataDir, []));
  await using gallery = await openSqliteGallery({ file: join(dataDir, 'gallery.db'), keys, pack: PACK });
  for (const [index, id] of ['chess', 'choir'].entries()) {
    const scope = await gallery.scope({ platform: 'page', id, title: id });
    await enrolled(gallery, scope, ADA, FACES.slice(index));
    await enrolled(gallery, scope, BEN, [face()]);
    await gallery.recordFinds(scope, BEN, [ADA], T0);
  }
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function facefinderExport(person: string) {
  const [out, err]: [string[], string[]] = [[], []];
  const io = {
    out: (line: string) => out.push(line),
    err: (line: string) => err.push(line),
    env: { DATA_DIR: dataDir, LOG_LEVEL: 'silent' },
  };
  const code = await exportVerb.run(['--person', person], io);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

describe('facefinder export', () => {
  it('writes all that is held of somebody in each group, templates number by number, and nothing of others but who found them', async () => {
    const { code, out } = await facefinderExport('page:ada');
    expect(code).toBe(0);
    const groups = JSON.parse(out);
    expect(groups).toMatchObject([
      { group: 'chess', id: 'ada', name: 'Ada', templates: [{}, {}], foundBy: [{ kind: 'find', finder: 'Ben' }] },
      { group: 'choir', id: 'ada', name: 'Ada', templates: [{}], foundBy: [{ kind: 'find', finder: 'Ben' }] },
    ]);
    const numbers = groups[0].templates.map(({ embedding }: { embedding: number[] }) => Float32Array.from(embedding));
    for (const own of FACES) expect(numbers).toContainEqual(own);
    expect(out).not.toContain('"ben"');
    const { publicJwk } = await receiptSigner(deriveKeys(keptMasterKey(dataDir, [])));
    expect(groups[0].consentReceipts.length).toBeGreaterThan(0);
    for (const receipt of groups[0].consentReceipts) {
      expect(await verifyReceipt(receipt, publicJwk)).toMatchObject({ of: 'consent' });
    }
  });

  it('says when nothing is held, and fails', async () => {
    expect(await facefinderExport('page:nobody')).toEqual({
      code: 1,
      out: '',
      err: 'Nothing is held about this person.',
    });
  });

  it('asks for a person that there can be', async () => {
    await expect(facefinderExport('nowhere:1')).rejects.toThrow(/must be <platform>:<id>/);
  });
});
