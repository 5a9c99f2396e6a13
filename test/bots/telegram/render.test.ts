import { describe, expect, it } from 'vitest';
import { cut } from '../../../src/bots/telegram/out/cut.ts';
import { asOne, MAX_CAPTION, MAX_TEXT, render } from '../../../src/bots/telegram/out/render.ts';
import type { Reply } from '../../../src/chat/reply.ts';
import { moment } from '../../../src/text/moment.ts';
import { wordsFor } from '../../../src/text/words.ts';
import { en } from '../../support/words.ts';

const picture = { jpeg: new Uint8Array([1]), alt: 'a photo' };
const face = (name: string) => ({
  number: 1,
  box: [0, 0, 9, 9] as const,
  verdict: 'match' as const,
  matches: [{ name, distance: 0.5, chance: 0.001, verdict: 'match' as const }],
});
const result = (text: string, faces = [face('Ann')]): Reply => ({ kind: 'result', text, picture, faces });

describe('a long text', () => {
  it('is left alone up to the limit', () => {
    expect(cut('x'.repeat(20), 20, 'more')).toBe('x'.repeat(20));
  });

  it('keeps its whole lines that fit, and says that there was more', () => {
    expect(cut('one\ntwo three\nfour five six', 20, 'more')).toBe('one\ntwo three\nmore');
  });

  it('ends after a word where one line alone is too long', () => {
    expect(cut('alpha beta gamma delta', 16, 'more')).toBe('alpha beta\nmore');
  });

  it('never cuts a character in two', () => {
    const shortened = cut('😀'.repeat(20), 16, 'more');
    expect(shortened.isWellFormed()).toBe(true);
    expect(shortened.length).toBeLessThanOrEqual(16);
  });

  it('of any kind stays below Telegram’s limit', () => {
    for (const unit of ['word ', 'line\n', 'x', '😀', '\n\n']) {
      const { text } = render([{ kind: 'info', text: unit.repeat(5000) }], en);
      expect(text.length).toBeLessThanOrEqual(MAX_TEXT);
      expect(text.endsWith(en.telegram.inFile)).toBe(true);
    }
  });
});

describe('a time', () => {
  const at = Date.UTC(2026, 10, 27, 7, 19);
  const entity = { type: 'date_time', unix_time: at / 1000, date_time_format: 'Dt' };

  it('is written with its zone, and shown in its reader’s by a client that can', () => {
    const { text, entities } = render([{ kind: 'info', text: `Found ${moment(at)}.` }], wordsFor('de'), {
      locale: 'de',
    });
    expect(text).toBe('Found 27. Nov. 2026, 07:19 UTC.');
    expect(entities).toEqual([{ ...entity, offset: 6, length: 24 }]);
    expect(text.slice(6, 6 + 24)).toBe('27. Nov. 2026, 07:19 UTC');
  });

  it('that is cut off has no mark, and one under a file has one', () => {
    const long = render([{ kind: 'info', text: `${moment(at)} ${'word '.repeat(1_000)} ${moment(at)}` }], en);
    expect(long.entities).toMatchObject([{ ...entity, offset: 0 }]);
    const kept = asOne(render([{ kind: 'info', text: `Until ${moment(at, 'day')}`, data: {} }], en));
    expect(kept).toMatchObject({ caption: 'Until Nov 27, 2026', entities: [{ date_time_format: 'D', offset: 6 }] });
  });
});

describe('several pictures', () => {
  it('come below one text that says everything: each picture says only who is on it', () => {
    const [one, other] = [result('Photo 1: Ann and three others'), result('Photo 2: nobody')];
    const message = render([one, other], en);
    expect(message.text).toBe('Photo 1: Ann and three others\n\nPhoto 2: nobody');
    expect(message.attachments.map(({ caption }) => caption)).toEqual(['a photo', 'a photo']);
  });
});

describe('one picture', () => {
  it('carries the text as its caption', () => {
    expect(asOne(render([result('Face 1: Ann')], en))).toMatchObject({ kind: 'photo', caption: 'Face 1: Ann' });
  });

  it('comes apart from a text that is too long for a caption, and nothing of the text is lost', () => {
    const text = 'x'.repeat(MAX_CAPTION + 1);
    const message = render([result(text)], en);
    expect(asOne(message)).toBeUndefined();
    expect(message.text).toBe(text);
    expect(message.attachments).toHaveLength(1);
  });

  it('that is larger than Telegram’s photos may be is sent as a file', () => {
    const heavy = { ...picture, jpeg: new Uint8Array(10_000_001) };
    const { attachments } = render([{ kind: 'result', text: 'Faces', picture: heavy, faces: [] }], en);
    expect(attachments).toMatchObject([{ kind: 'document', name: 'faces.jpg' }]);
  });
});

describe('buttons', () => {
  const RIGHTS = [
    { text: 'Forget me', callback_data: 'right:forget' },
    { text: 'My data', callback_data: 'right:mydata' },
    { text: 'Privacy', callback_data: 'right:privacy' },
  ];
  const actions = [
    { id: 'p:agree', label: 'I agree', role: 'agree' },
    { id: 'p:shown', label: 'Agree, may be shown', role: 'agree' },
    { id: 'p:decline', label: 'No', role: 'decline' },
  ] as const;

  it('stand one to a row, the first that agrees apart', () => {
    const { keyboard } = render([{ kind: 'consent', text: 'May I?', notice: { version: 1, hash: '' }, actions }], en);
    expect(keyboard.inline_keyboard).toEqual([
      [{ text: 'I agree', callback_data: 'p:agree', style: 'primary' }],
      [{ text: 'Agree, may be shown', callback_data: 'p:shown' }],
      [{ text: 'No', callback_data: 'p:decline' }],
      RIGHTS,
    ]);
  });

  it.each([
    ['a sentence', { kind: 'info', text: 'Hello.' }],
    ['an error', { kind: 'error', code: 'busy', text: 'Busy.' }],
    ['an enrolment', { kind: 'enrolled', text: 'Enrolled.', templates: 1 }],
    ['a receipt', { kind: 'receipt', of: 'erasure', text: 'Erased.', group: 'Club', receipt: 'a.b.c' }],
    ['a result', result('Face 1: Ann')],
  ] as const)('under %s are a person’s rights', (_, reply) => {
    expect(render([reply], en).keyboard.inline_keyboard).toEqual([RIGHTS]);
  });

  it('under a result for a whole group lead to what is stored, and why, and delete the result', () => {
    const { keyboard } = render([result('Face 1: Ann')], en, { isPublic: true });
    const deletion = [{ text: 'Delete', callback_data: 'shown:delete' }];
    expect(keyboard.inline_keyboard).toEqual([deletion, RIGHTS.slice(2)]);
  });

  it('of every reply of an answer are there: a question, a dispute, a result to be shown', () => {
    const show = { id: 's:show', label: 'Show', role: 'confirm' } as const;
    const dispute = { id: 'd:dispute', label: 'This is me', role: 'confirm' } as const;
    const { keyboard } = render(
      [
        { kind: 'result', text: 'Faces', faces: [], show },
        { kind: 'error', code: 'face_taken', text: 'Taken.', actions: [dispute] },
      ],
      en,
    );
    expect(keyboard.inline_keyboard.slice(0, -1).flat()).toMatchObject([
      { callback_data: 's:show' },
      { callback_data: 'd:dispute' },
    ]);
  });
});

describe('what is the person’s own to keep', () => {
  it('a receipt is a file that verifies as it is', () => {
    const message = render([{ kind: 'receipt', of: 'erasure', text: 'Erased.', group: 'Club', receipt: 'a.b.c' }], en);
    expect(message).toMatchObject({
      protect: false,
      attachments: [{ kind: 'document', name: 'facefinder-erasure-club.jws' }],
    });
    expect(Buffer.from(message.attachments[0]?.bytes ?? []).toString()).toBe('a.b.c');
  });

  it('data is a file of JSON', () => {
    const message = render([{ kind: 'info', text: 'All of it.', data: { templates: [1] } }], en);
    expect(message.protect).toBe(false);
    expect(JSON.parse(Buffer.from(message.attachments[0]?.bytes ?? []).toString())).toEqual({ templates: [1] });
  });

  it('and pictures of faces cannot be passed on', () => {
    expect(render([result('Face 1: Ann')], en).protect).toBe(true);
  });
});
