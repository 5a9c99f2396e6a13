import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningApp, runApp, selfie, type Visitor, visitor } from './page-app.ts';

/** Hostile and odd photos that lie beside this repository on some machines, with the answer that each must get. */
const FOLDER = join(import.meta.dirname, '../../../shared/photos-bad');
const MANIFEST = join(FOLDER, 'manifest.json');

interface BadPhoto {
  readonly file: string;
  readonly what: string;
  readonly expected: string;
  readonly also: readonly string[];
  readonly faces?: number;
  /** Of the face in it. */
  readonly box?: readonly [number, number, number, number];
}

const photos: readonly BadPhoto[] = existsSync(MANIFEST) ? JSON.parse(await readFile(MANIFEST, 'utf8')) : [];
if (photos.length === 0) console.error('*** NOT TESTED: hostile photos, because ../shared/photos-bad is not there');

/** What a payload in one of them would leave behind if it ran. */
const CANARY = join(tmpdir(), 'facefinder-canary');

describe.skipIf(photos.length === 0)('at the page, a hostile or odd photo', () => {
  let app: RunningApp;
  let ann: Visitor;

  beforeAll(async () => {
    await rm(CANARY, { force: true });
    app = await runApp();
    ann = visitor(app.url, 'ann');
    await ann.agree('/find', await selfie());
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
  });

  test.each(photos)('$file ($what) is $expected', async ({ file, expected, also, faces, box }) => {
    const [reply] = await ann.say('/find', await readFile(join(FOLDER, file)));
    const outcome = reply?.kind === 'error' ? reply.code : reply?.kind === 'result' ? 'ok' : reply?.kind;
    expect([expected, ...also]).toContain(outcome);
    if (reply?.kind !== 'result') return;
    if (faces !== undefined) expect(reply.faces).toHaveLength(faces);
    if (box) expect(Math.max(...reply.faces.map((face) => overlap(face.box, box)))).toBeGreaterThanOrEqual(0.5);
  });

  test('ran none of its payloads, and the next photo is served as ever', async () => {
    expect(existsSync(CANARY)).toBe(false);
    expect(await ann.say('/find', await selfie())).toMatchObject([{ kind: 'result' }]);
  });
});

type Box = readonly [x: number, y: number, width: number, height: number];

/** Intersection over union. */
function overlap([ax, ay, aw, ah]: Box, [bx, by, bw, bh]: Box): number {
  const width = Math.min(ax + aw, bx + bw) - Math.max(ax, bx);
  const height = Math.min(ay + ah, by + bh) - Math.max(ay, by);
  const both = Math.max(0, width) * Math.max(0, height);
  return both / (aw * ah + bw * bh - both);
}
