import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { badPhotos, clearCanary, payloadRan, readBadPhoto } from '../face/bad-photos.ts';
import { overlap } from '../face/samples.ts';
import { type RunningApp, runApp, selfie, type Visitor, visitor } from './page-app.ts';

describe.skipIf(badPhotos.length === 0)('at the page, a hostile or odd photo', () => {
  let app: RunningApp;
  let ann: Visitor;

  beforeAll(async () => {
    await clearCanary();
    app = await runApp();
    ann = visitor(app.url, 'ann');
    await ann.agree('/find', await selfie());
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
  });

  test.each(badPhotos)('$file ($what) is $expected', async (photo) => {
    const { expected, also, faces, box } = photo;
    const [reply] = await ann.say('/find', await readBadPhoto(photo));
    const outcome = reply?.kind === 'error' ? reply.code : reply?.kind === 'result' ? 'ok' : reply?.kind;
    expect([expected, ...also]).toContain(outcome);
    if (reply?.kind !== 'result') return;
    if (faces !== undefined) expect(reply.faces).toHaveLength(faces);
    if (box) expect(Math.max(...reply.faces.map((face) => overlap(face.box, box)))).toBeGreaterThanOrEqual(0.5);
  });

  test('ran none of its payloads, and the next photo is served as ever', async () => {
    expect(payloadRan()).toBe(false);
    expect(await ann.say('/find', await selfie())).toMatchObject([{ kind: 'result' }]);
  });
});
