import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { enrolForm } from '../../../src/bots/discord/form.ts';
import { commandsToRegister } from '../../../src/bots/discord/registration.ts';
import { render, type Setting } from '../../../src/bots/discord/render.ts';
import { personName } from '../../../src/chat/person-name.ts';
import type { Action, Reply } from '../../../src/chat/reply.ts';
import { noticeText, underHeadings } from '../../../src/chat/rights/notice.ts';
import { policyParts } from '../../../src/chat/rights/policy.ts';
import { MAX_NAME } from '../../../src/consent/name.ts';
import { personNamed } from '../../../src/consent/who.ts';
import { moment } from '../../../src/text/moment.ts';
import { LOCALES, wordsFor } from '../../../src/text/words.ts';
import { en } from '../../support/words.ts';
import { violations } from './platform/conformance.ts';
import { buttonsOf, ROW, referencesIn, TEXT } from './platform/reading.ts';
import type { ShownButton, ShownPart } from './platform/shown.ts';

const setting: Setting = { words: en, asker: '42', commandIds: new Map(), maxBytes: 10 * 1024 * 1024 };
const [PRIMARY, SECONDARY, DANGER] = [1, 2, 4];
const RIGHTS = ['right:forget', 'right:mydata', 'right:privacy'];
const EDIT = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';

function shown(...replies: Reply[]) {
  const { body, files } = render(replies, setting);
  const blobs = files.map(({ data }) => new Blob([data as Uint8Array<ArrayBuffer>]));
  expect(violations('patch', EDIT, body, blobs)).toEqual([]);
  const parts = body.components as readonly ShownPart[];
  const all = parts.flatMap(({ type, components = [] }) => (type === ROW ? [components as ShownButton[]] : []));
  // The last row of every answer has the buttons for a person's rights.
  expect(all.at(-1)).toMatchObject(RIGHTS.map((right) => ({ custom_id: right, style: SECONDARY })));
  return { body, files, parts, texts: textsIn(parts), rows: all.slice(0, -1) };
}

/** The texts of a message as they are sent. */
function textsIn(parts: readonly ShownPart[]): string[] {
  return parts.flatMap(({ type, content = '' }) => (type === TEXT ? [content] : []));
}

/**
 * The parts of a message in their order, without buttons. Each is a text, the names of its files,
 * or `---` for a line.
 */
function order(parts: readonly ShownPart[]): string[] {
  return parts.flatMap((part) => {
    if (part.type === ROW) return [];
    const files = referencesIn([part]).map(({ filename }) => filename);
    return [part.content ?? (files.length > 0 ? files.join(' ') : '---')];
  });
}

const info = (text: string): Reply => ({ kind: 'info', text });
const action = (role: Action['role'], id: string): Action => ({ id, label: id, role });

describe('text', () => {
  it('shows a name as it is written, and mentions nobody', () => {
    const { body, texts } = shown(
      info('**Ben** _x_ `y` ||z|| <@1> @everyone [a](http://b.c)\n# title\n> quote\n-# small'),
    );
    expect(texts[0]).toBe(
      '\\*\\*Ben\\*\\* \\_x\\_ \\`y\\` \\|\\|z\\|\\| \\<@1> @everyone \\[a](http://b.c)\n\\# title\n\\> quote\n\\-# small',
    );
    expect(body.allowed_mentions).toEqual({ parse: [] });
  });

  it('has commands that can be clicked if their ids are known, but not in a name or an address', () => {
    const commandIds = new Map([['find', '81']]);
    const text = `Send /find, or /help. ${personName(en, '/find')} https://example.com/find /finder`;
    const { body } = render([info(text)], { ...setting, commandIds });
    expect(textsIn(body.components as ShownPart[])[0]).toBe(
      'Send </find:81>, or /help. “/\u2060find” https://example.com/find /finder',
    );
  });

  it('shows times in its reader’s zone, but not a time in somebody’s name', () => {
    const at = Date.UTC(2026, 10, 27, 7, 19);
    const name = personName(en, personNamed('discord', '1', moment(at)).name);
    const { texts } = shown(info(`Found ${moment(at)}, kept until ${moment(at, 'day')}: ${name}`));
    const said = texts[0]?.replaceAll('\u2060', '');
    expect(said).toBe(
      `Found <t:${at / 1000}:f>, kept until <t:${Date.UTC(2026, 10, 27) / 1000}:D>: “2026-11-27 07:19 UTC”`,
    );
  });

  it('leaves addresses whole', () => {
    const address = 'See https://example.com/a_b_c?d=*e*.';
    expect(shown(info(address)).texts).toEqual([address]);
  });

  it('of 3,800 characters is shown whole', () => {
    const { texts, files } = shown(info('x'.repeat(3800)));
    expect([texts, files]).toEqual([['x'.repeat(3800)], []]);
  });

  it('of several parts that fill a message to the last character still fits', () => {
    for (let length = 1900; length < 2000; length += 1) shown(info('x'.repeat(length)), info('y'.repeat(1900)));
  });

  it('that is too long for any message is attached, and the message says so', () => {
    const text = 'line\n'.repeat(3000);
    const { texts, files, parts } = shown(info(text));
    expect(texts.join('').length).toBeGreaterThan(3500);
    expect(texts.at(-1)?.endsWith(en.discord.cut)).toBe(true);
    expect(order(parts).at(-1)).toBe('facefinder.txt');
    expect(files.map(({ data }) => String(data))).toEqual([text]);
  });

  it.each(LOCALES)('of a policy begins in the message, and a file has the whole of it (%s)', (language) => {
    const words = wordsFor(language);
    const carriers = [{ name: 'Discord Inc.', country: 'Atlantis' }];
    const facts = {
      retentionDays: 1095,
      contact: 'The board',
      policyUrl: undefined,
      findPhotos: 'any',
      carriers,
    } as const;
    const policy = underHeadings(policyParts(words, facts));
    const { texts, files } = shown({ kind: 'info', text: policy, data: { publicKey: {} } });
    expect(texts[0]).toContain(words.privacy.me);
    expect(files.map(({ name }) => name)).toEqual(['facefinder-data-1.json', 'facefinder.txt']);
    expect(String(files[1]?.data)).toBe(policy);
  });

  it('of many parts is cut where the room ends, between paragraphs, and no later part follows', () => {
    const paragraphs = Array.from({ length: 40 }, (_, index) => `${index} ${'word '.repeat(20)}.`).join('\n\n');
    const [said = ''] = shown(info('first'), info(paragraphs), info('last')).texts;
    expect(said).toMatch(/^first\n\n0 word .* \. …\n\n/s);
    expect(said).not.toContain('last');
  });

  it('without any gap is cut, but not inside an emoji or an escape', () => {
    expect(shown(info('🙂'.repeat(2500))).texts[0]?.isWellFormed()).toBe(true);
    expect(shown(info('*'.repeat(3999))).texts[0]).not.toMatch(/\\ …/);
  });

  it.each(LOCALES)('of the enrolment form fits Discord (%s)', (language) => {
    const words = wordsFor(language);
    const text = noticeText(words, 'enrol', {
      retentionDays: 1095,
      contact: `The board of the chess club, ${'x'.repeat(80)}@example.com`,
      policyUrl: `https://example.com/${'x'.repeat(180)}`,
      group: words.place.titled({ title: 'x'.repeat(MAX_NAME) }),
      carrier: { name: 'Discord Inc.', country: 'Bosnien und Herzegowina' },
    });
    const data = enrolForm(words, { version: 1, hash: 'f'.repeat(64), text }, 3);
    const path = '/interactions/{interaction_id}/{interaction_token}/callback';
    expect(violations('post', path, { type: 9, data }, [])).toEqual([]);
    expect(data).toBeDefined();
  });

  it('of the commands fits Discord', () => {
    expect(violations('put', '/applications/{application_id}/commands', commandsToRegister(COMMANDS), [])).toEqual([]);
  });

  it.each(['Mis Datos', 'mis datos', 'Buscar', ''])('of a command called "%s" does not', (name) => {
    const [first] = commandsToRegister(COMMANDS);
    const renamed = [{ ...first, name_localizations: { 'es-ES': name } }];
    expect(violations('put', '/applications/{application_id}/commands', renamed, [])).not.toEqual([]);
  });
});

describe('buttons', () => {
  it('of a notice: agreeing stands out, the rest does not', () => {
    const actions = [action('agree', 'a:agree'), action('agree', 'a:shown'), action('decline', 'a:decline')];
    const { rows } = shown({ kind: 'consent', text: 'Agree?', notice: { version: 1, hash: 'x' }, actions });
    expect(rows.map((row) => row.map(({ style }) => style))).toEqual([[PRIMARY, SECONDARY, SECONDARY]]);
  });

  it('that erase are red, and apart from the button that cancels', () => {
    const actions = [action('confirm', 'f:here'), action('confirm', 'f:everywhere'), action('cancel', 'f:cancel')];
    const { rows } = shown({ kind: 'confirm', text: 'Erase?', actions });
    expect(rows.map((row) => row.map(({ custom_id, style }) => [custom_id, style]))).toEqual([
      [['f:cancel', SECONDARY]],
      [
        ['f:here', DANGER],
        ['f:everywhere', DANGER],
      ],
    ]);
  });

  it('for a choice among twenty groups stand in rows of five, none red', () => {
    const actions = Array.from({ length: 20 }, (_, index) => action('confirm', `p:${index}`));
    const { rows } = shown({ kind: 'confirm', text: 'Which?', actions });
    expect(rows.map((row) => row.length)).toEqual([5, 5, 5, 5]);
    expect(rows.flatMap((row) => row.map(({ style }) => style))).not.toContain(DANGER);
  });
});

describe('a result', () => {
  const result = (number: number, jpeg: Uint8Array = Buffer.from(`jpeg ${number}`)): Reply => ({
    kind: 'result',
    text: `Photo ${number}`,
    picture: { jpeg, alt: `Face ${number}: Ben` },
    faces: [],
    show: { id: `s${number}:show`, label: 'Show to the group', role: 'confirm' },
  });

  it('hides its picture behind a spoiler and describes it', () => {
    const { body, files, parts } = shown(result(1));
    expect(files).toMatchObject([{ name: 'faces-1.jpg', contentType: 'image/jpeg' }]);
    expect(body.attachments).toEqual([{ id: '0', filename: 'faces-1.jpg' }]);
    expect(referencesIn(parts)).toEqual([{ filename: 'faces-1.jpg', description: 'Face 1: Ben', isHidden: true }]);
  });

  it('can be shown and deleted', () => {
    expect(shown(result(1)).rows.map((row) => row.map(({ custom_id }) => custom_id))).toEqual([
      ['s1:show'],
      ['delete:42'],
    ]);
  });

  it('that everybody sees offers only the right to read what is stored, and why', () => {
    const { body } = render([result(1)], { ...setting, isPublic: true });
    const buttons = buttonsOf({ components: body.components as ShownPart[] });
    expect(buttons.map(({ custom_id }) => custom_id)).toEqual(['shown:delete', 'right:privacy']);
  });

  it('of several photos is one message: each picture below its own text, and one button to show them', () => {
    const { parts, rows } = shown(result(1), info('Photo 2 shows no face.'), result(3));
    const below = ['Photo 2 shows no face.\n\nPhoto 3', 'faces-3.jpg'];
    expect(order(parts)).toEqual(['Photo 1', 'faces-1.jpg', '---', ...below]);
    expect(rows.flat()).toHaveLength(2);
  });

  it('of ten photos fits with everything that may stand below it, and without lines if need be', () => {
    const many = Array.from({ length: 9 }, (_, index) => result(index + 1));
    const offered = Array.from({ length: 5 }, (_, index) => action('confirm', `a:${index}`));
    expect(order(shown(...many).parts)).toContain('---');
    const { parts } = shown(...many, { kind: 'confirm', text: 'And?', actions: offered }, info('x'.repeat(4000)));
    expect(order(parts)).not.toContain('---');
    expect(order(parts).slice(0, 2)).toEqual(['Photo 1', 'faces-1.jpg']);
  });

  it('leaves out a picture that is too large for the server, and says so', () => {
    const { texts, files } = shown(result(1, Buffer.alloc(9 * 1024 * 1024)), result(2, Buffer.alloc(2 * 1024 * 1024)));
    expect(files.map(({ name }) => name)).toEqual(['faces-1.jpg']);
    expect(texts.at(-1)).toContain(en.discord.leftOut);
  });
});

it('a blurred photo is not covered, and describes itself', () => {
  const picture = { jpeg: Buffer.from('jpeg'), alt: 'The photo with 9 blurred faces' };
  const { parts } = shown({ kind: 'blurred', text: '9 faces blurred', picture, faces: 9, blurred: 9 });
  expect(order(parts)).toEqual(['9 faces blurred', 'blurred-1.jpg']);
  expect(referencesIn(parts)).toEqual([{ filename: 'blurred-1.jpg', description: picture.alt, isHidden: false }]);
});

it('photos of oneself are one gallery below their text', () => {
  const photos = [2, 5].map((number) => ({
    number,
    verdict: 'match' as const,
    picture: { jpeg: Buffer.from('jpeg'), alt: `Photo ${number}` },
  }));
  const { parts } = shown({ kind: 'presence', text: 'You are in 2 photos.', photos, seen: 5, found: 2 });
  expect(order(parts)).toEqual(['You are in 2 photos.', 'photo-2.jpg photo-5.jpg']);
});

const receipt = (group: string): Reply => ({
  kind: 'receipt',
  of: 'erasure',
  text: 'Erased.',
  group,
  receipt: 'a.b.c',
});

it('a receipt is a file to keep', () => {
  const { files, parts } = shown(receipt('Chess Club'));
  expect(files).toMatchObject([{ name: 'facefinder-erasure-chess-club.jws', contentType: 'application/jose' }]);
  expect(String(files[0]?.data)).toBe('a.b.c');
  expect(order(parts)).toEqual(['Erased.', 'facefinder-erasure-chess-club.jws']);
});

it('receipts of several groups each have a name that Discord leaves as it is', () => {
  const { files } = shown(...['Café Zürich', 'Шахматы', '象棋'].map(receipt));
  expect(files.map(({ name }) => name)).toEqual([
    'facefinder-erasure-cafe-zurich.jws',
    'facefinder-erasure.jws',
    'facefinder-erasure-2.jws',
  ]);
});

it('exported data is a file', () => {
  const { files, parts } = shown({ kind: 'info', text: 'All of it.', data: { templates: [[0.5]] } });
  expect(JSON.parse(String(files[0]?.data))).toEqual({ templates: [[0.5]] });
  expect(order(parts)).toEqual(['All of it.', 'facefinder-data-1.json']);
});

it('an error may offer what to do next', () => {
  const { rows } = shown({
    kind: 'error',
    code: 'face_taken',
    text: 'Taken.',
    actions: [action('confirm', 'd:dispute')],
  });
  expect(rows.flat()).toMatchObject([{ custom_id: 'd:dispute', style: SECONDARY }]);
});
