import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NOTICE_VERSION } from '../../src/consent/notice.ts';
import { buttonOf, otherSelfie, photo, type RunningApp, runApp, selfie, visitor } from './page-app.ts';

let app: RunningApp;

beforeAll(async () => {
  app = await runApp();
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
});

/** Each test has its own group, so that no test meets the people of another. */
let groups = 0;
const newGroup = () => `group ${++groups}`;

describe('at the page, a person', () => {
  test('enrols with a selfie, is found in another photo, and is forgotten with a receipt', async () => {
    const group = newGroup();
    const ann = visitor(app.url, 'ann', group);
    const bob = visitor(app.url, 'bob', group);

    const notice = await ann.say('/enroll', await selfie());
    expect(notice).toMatchObject([
      { kind: 'consent', notice: { version: NOTICE_VERSION, hash: expect.stringMatching(/^[0-9a-f]{64}$/) } },
    ]);
    expect(await ann.press(buttonOf(notice, 'agree'))).toMatchObject([{ kind: 'enrolled', templates: 1 }]);

    const [found] = await bob.agree('/find', await readFile(photo(3)));
    if (found?.kind !== 'result') throw new Error(JSON.stringify(found));
    expect(found.faces).toHaveLength(3);
    expect(found.faces.map(({ number }) => number)).toEqual([1, 2, 3]);
    const named = found.faces
      .flatMap(({ matches }) => matches)
      .toSorted((a, b) => (a.distance ?? 2) - (b.distance ?? 2));
    expect(named[0]).toMatchObject({ name: 'ann', verdict: 'match' });
    expect(named[0]?.chance).toBeLessThanOrEqual(0.01);
    expect(found.limits?.match).toBeGreaterThan(named[0]?.distance ?? 2);
    const picture = await fetch(new URL(found.picture ?? '', app.url));
    expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));

    const [held] = await ann.say('/mydata');
    expect(held).toMatchObject({
      kind: 'info',
      data: [{ name: 'ann', templates: [{}], foundBy: [{ finder: 'bob' }] }],
    });

    const forgotten = await ann.press(buttonOf(await ann.say('/forget'), 'confirm'));
    expect(forgotten).toMatchObject([{ kind: 'receipt', receipt: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) }]);
    const [again] = await bob.say('/find', await readFile(photo(3)));
    expect(again).toMatchObject({ kind: 'result', faces: [{ matches: [] }, { matches: [] }, { matches: [] }] });
  });

  test('enrols with selfies that are sent one by one', async () => {
    const ann = visitor(app.url, 'ann', newGroup());
    await ann.say('/enroll');
    const notice = await ann.say('', await selfie());
    await ann.say('', await otherSelfie());
    await ann.say('', await selfie());
    // The program looks at all three photos, and the second one shows somebody else.
    expect(await ann.press(buttonOf(notice, 'agree'))).toMatchObject([{ kind: 'error', code: 'several_faces' }]);
  });

  test('is not found from another group', async () => {
    const [here, there] = [newGroup(), newGroup()];
    await visitor(app.url, 'ann', here).agree('/enroll', await selfie());
    const [found] = await visitor(app.url, 'ann', there).agree('/find', await readFile(photo(1)));
    expect(found).toMatchObject({ kind: 'result' });
    expect(JSON.stringify(found)).not.toContain('"ann"');
  });

  test('who declines leaves nothing behind', async () => {
    const ann = visitor(app.url, 'ann', newGroup());
    const declined = await ann.press(buttonOf(await ann.say('/enroll', await selfie()), 'decline'));
    expect(declined).toMatchObject([{ kind: 'info' }]);
    expect(await ann.say('/mydata')).toMatchObject([{ kind: 'info' }]);
    expect((await ann.say('/mydata'))[0]).not.toHaveProperty('data');
  });

  test('gets one result for each of several photos, numbered on', async () => {
    const ann = visitor(app.url, 'ann', newGroup());
    const results = await ann.agree('/find', await readFile(photo(3)), await readFile(photo(6)));
    const numbers = results.map((result) => (result.kind === 'result' ? result.faces.map(({ number }) => number) : []));
    expect(numbers).toEqual([
      [1, 2, 3],
      [4, 5, 6, 7],
    ]);
  });

  test('cannot be enrolled by somebody else', async () => {
    const group = newGroup();
    await visitor(app.url, 'ann', group).agree('/enroll', await selfie());
    expect(await visitor(app.url, 'eve', group).agree('/enroll', await selfie())).toMatchObject([
      { code: 'face_taken' },
    ]);
    expect(await visitor(app.url, 'bob', group).agree('/enroll', await otherSelfie())).toMatchObject([
      { kind: 'enrolled' },
    ]);
  });
});

describe('at the page, the sentence that helps is given', () => {
  test('for a command that does not exist', async () => {
    expect(await visitor(app.url, 'ann').say('/nonsense')).toMatchObject([{ kind: 'error', code: 'bad_command' }]);
  });

  test('for a command without its photo, which the next message then completes', async () => {
    const ann = visitor(app.url, 'ann', newGroup());
    expect(await ann.say('/find')).toMatchObject([{ kind: 'error', code: 'no_photo' }]);
    expect(await ann.agree('', await readFile(photo(3)))).toMatchObject([{ kind: 'result' }]);
  });

  test('for 11 photos, of which 10 are looked at', async () => {
    const eleven = Array.from({ length: 11 }, () => Buffer.from('photo'));
    const replies = await visitor(app.url, 'ann', newGroup()).agree('/find', ...eleven);
    expect(replies.filter(({ kind }) => kind === 'error')).toHaveLength(10);
    expect(JSON.stringify(replies)).toContain('You sent 11 photos, and I look at 10 at once');
  });

  test('for a group photo as selfie, and for what is no photo', async () => {
    const ann = visitor(app.url, 'ann', newGroup());
    expect(await ann.agree('/enroll', await readFile(photo(3)))).toMatchObject([{ code: 'several_faces' }]);
    expect(await ann.say('/enroll', Buffer.from('no photo'))).toMatchObject([{ code: 'not_an_image' }]);
  });

  test('for a button that somebody else presses, and for one pressed twice', async () => {
    const group = newGroup();
    const ann = visitor(app.url, 'ann', group);
    const agree = buttonOf(await ann.say('/enroll', await selfie()), 'agree');
    expect(await visitor(app.url, 'eve', group).press(agree)).toMatchObject([{ code: 'not_yours' }]);
    expect(await ann.press(agree)).toMatchObject([{ kind: 'enrolled' }]);
    expect(await ann.press(agree)).toMatchObject([{ code: 'expired' }]);
  });

  test('for a photo that waited for consent while the program was restarted', async () => {
    const group = newGroup();
    await using first = await runApp();
    const agree = buttonOf(await visitor(first.url, 'ann', group).say('/enroll', await selfie()), 'agree');
    const second = await first.restart();
    // The photo was only in memory, and the restart lost it. The button still works.
    const replies = await visitor(second.url, 'ann', group).press(agree);
    await second[Symbol.asyncDispose]();
    expect(replies).toMatchObject([{ kind: 'error', code: 'photo_gone' }]);
  });
});
