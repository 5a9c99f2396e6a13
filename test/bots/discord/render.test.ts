import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../commands/index.ts';
import { enrolForm } from '../../../src/bots/discord/form.ts';
import { commandsToRegister } from '../../../src/bots/discord/registration.ts';
import { render, type Setting } from '../../../src/bots/discord/render.ts';
import { personName } from '../../../src/chat/person-name.ts';
import type { Action, Reply } from '../../../src/chat/reply.ts';
import { noticeText } from '../../../src/chat/rights/notice.ts';
import { MAX_NAME } from '../../../src/consent/name.ts';
import { personNamed } from '../../../src/consent/who.ts';
import { moment } from '../../../src/text/moment.ts';
import { LOCALES, wordsFor } from '../../../src/text/words.ts';
import { en } from '../../support/words.ts';
import { violations } from './platform/conformance.ts';

const setting: Setting = { words: en, asker: '42', commandIds: new Map(), maxBytes: 10 * 1024 * 1024 };
const [PRIMARY, SECONDARY, DANGER] = [1, 2, 4];
const RIGHTS = ['right:forget', 'right:mydata', 'right:privacy'];
const EDIT = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';

function shown(...replies: Reply[]) {
  const { body, files } = render(replies, setting);
  const blobs = files.map(({ data }) => new Blob([data as Uint8Array<ArrayBuffer>]));
  expect(violations('patch', EDIT, body, blobs)).toEqual([]);
  const all = body.components as { components: { custom_id: string; style: number; label: string }[] }[];
  // A person's rights are below every answer.
  expect(all.at(-1)?.components).toMatchObject(RIGHTS.map((right) => ({ custom_id: right, style: SECONDARY })));
  return { body, files, rows: all.slice(0, -1) };
}

const info = (text: string): Reply => ({ kind: 'info', text });
const action = (role: Action['role'], id: string): Action => ({ id, label: id, role });

describe('text', () => {
  it('shows a name as it is written, and mentions nobody', () => {
    const { body } = shown(info('**Ben** _x_ `y` ||z|| <@1> @everyone [a](http://b.c)\n# title\n> quote\n-# small'));
    expect(body.content).toBe(
      '\\*\\*Ben\\*\\* \\_x\\_ \\`y\\` \\|\\|z\\|\\| \\<@1> @everyone \\[a](http://b.c)\n\\# title\n\\> quote\n\\-# small',
    );
    expect(body.allowed_mentions).toEqual({ parse: [] });
  });

  it('has commands that can be clicked if their ids are known, but not in a name or an address', () => {
    const commandIds = new Map([['find', '81']]);
    const text = `Send /find, or /help. ${personName(en, '/find')} https://example.com/find /finder`;
    const { body } = render([info(text)], { ...setting, commandIds });
    expect(body.content).toBe('Send </find:81>, or /help. “/\u2060find” https://example.com/find /finder');
  });

  it('shows times in its reader’s zone, but not a time in somebody’s name', () => {
    const at = Date.UTC(2026, 10, 27, 7, 19);
    const name = personName(en, personNamed('discord', '1', moment(at)).name);
    const { body } = shown(info(`Found ${moment(at)}, kept until ${moment(at, 'day')}: ${name}`));
    const said = body.content?.replaceAll('\u2060', '');
    expect(said).toBe(
      `Found <t:${at / 1000}:f>, kept until <t:${Date.UTC(2026, 10, 27) / 1000}:D>: “2026-11-27 07:19 UTC”`,
    );
  });

  it('leaves addresses whole', () => {
    expect(shown(info('See https://example.com/a_b_c?d=*e*.')).body.content).toBe(
      'See https://example.com/a_b_c?d=*e*.',
    );
  });

  it('of exactly 2,000 characters is one text', () => {
    expect(shown(info('x'.repeat(2000))).body).toMatchObject({ content: 'x'.repeat(2000), embeds: [] });
  });

  it('that is longer goes on below, whole and cut between paragraphs', () => {
    const paragraphs = Array.from({ length: 30 }, (_, index) => `${index} ${'word '.repeat(25)}.`);
    const { body, files } = shown(info(paragraphs.join('\n\n')));
    expect([body.content, body.embeds?.[0]?.description].join('\n\n')).toBe(paragraphs.join('\n\n'));
    expect(files).toEqual([]);
  });

  it('that is too long for any message is attached, and the message says so', () => {
    const text = 'line\n'.repeat(3000);
    const { body, files } = shown(info(text));
    expect(body.content?.endsWith(en.discord.cut)).toBe(true);
    expect(files.map(({ data }) => String(data))).toEqual([text]);
  });

  it('without any gap is cut, but not inside an emoji or an escape', () => {
    const emoji = shown(info('🙂'.repeat(1500)));
    expect(emoji.body.content?.isWellFormed()).toBe(true);
    expect(shown(info('*'.repeat(1999))).body.content).not.toMatch(/[^\\]\\$/);
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
    expect(rows.map(({ components }) => components.map(({ style }) => style))).toEqual([
      [PRIMARY, SECONDARY, SECONDARY],
    ]);
  });

  it('that erase are red, and apart from the button that cancels', () => {
    const actions = [action('confirm', 'f:here'), action('confirm', 'f:everywhere'), action('cancel', 'f:cancel')];
    const { rows } = shown({ kind: 'confirm', text: 'Erase?', actions });
    expect(rows.map(({ components }) => components.map(({ custom_id, style }) => [custom_id, style]))).toEqual([
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
    expect(rows.map(({ components }) => components.length)).toEqual([5, 5, 5, 5]);
    expect(rows.flatMap(({ components }) => components.map(({ style }) => style))).not.toContain(DANGER);
  });
});

describe('a result', () => {
  const result = (number: number, jpeg: Uint8Array = Buffer.from(`jpeg ${number}`)): Reply => ({
    kind: 'result',
    text: `Photo ${number}`,
    picture: { jpeg, alt: `Face ${number}: Ben` },
    faces: [],
    show: { id: `s${number}:show`, label: 'Show to channel', role: 'confirm' },
  });

  it('hides its picture behind a spoiler and describes it', () => {
    const { body, files } = shown(result(1));
    expect(files).toMatchObject([{ name: 'SPOILER_faces-1.jpg', contentType: 'image/jpeg' }]);
    expect(body.attachments).toMatchObject([{ id: '0', description: 'Face 1: Ben' }]);
  });

  it('can be shown and deleted', () => {
    expect(shown(result(1)).rows.map(({ components }) => components.map(({ custom_id }) => custom_id))).toEqual([
      ['s1:show'],
      ['delete:42'],
    ]);
  });

  it('that everybody sees offers only the right to read what is stored, and why', () => {
    const { body } = render([result(1)], { ...setting, isPublic: true });
    const rows = body.components as { components: { custom_id: string }[] }[];
    expect(rows.map(({ components }) => components.map(({ custom_id }) => custom_id))).toEqual([
      ['shown:delete'],
      ['right:privacy'],
    ]);
  });

  it('of several photos is one message with one button to show them', () => {
    const { body, files, rows } = shown(result(1), result(2));
    expect(body.content).toBe('Photo 1\n\nPhoto 2');
    expect(files).toHaveLength(2);
    expect(rows.flatMap(({ components }) => components)).toHaveLength(2);
  });

  it('leaves out a picture that is too large for the server, and says so', () => {
    const { body, files } = shown(result(1, Buffer.alloc(9 * 1024 * 1024)), result(2, Buffer.alloc(2 * 1024 * 1024)));
    expect(files.map(({ name }) => name)).toEqual(['SPOILER_faces-1.jpg']);
    expect(body.content).toContain(en.discord.leftOut);
  });
});

it('a blurred photo is not covered, and describes itself', () => {
  const picture = { jpeg: Buffer.from('jpeg'), alt: 'The photo with 9 blurred faces' };
  const { files, body } = shown({ kind: 'blurred', text: '9 faces blurred', picture, faces: 9, blurred: 9 });
  expect(files).toMatchObject([{ name: 'blurred-1.jpg', contentType: 'image/jpeg' }]);
  expect(body).toMatchObject({ content: '9 faces blurred', attachments: [{ id: '0', description: picture.alt }] });
});

it('a receipt is a file to keep', () => {
  const { files, body } = shown({
    kind: 'receipt',
    of: 'erasure',
    text: 'Erased.',
    group: 'Chess Club',
    receipt: 'a.b.c',
  });
  expect(files).toMatchObject([{ name: 'facefinder-erasure-chess-club.jws', contentType: 'application/jose' }]);
  expect(String(files[0]?.data)).toBe('a.b.c');
  expect(body.content).toBe('Erased.');
});

it('exported data is a file', () => {
  const { files } = shown({ kind: 'info', text: 'All of it.', data: { templates: [[0.5]] } });
  expect(JSON.parse(String(files[0]?.data))).toEqual({ templates: [[0.5]] });
});

it('an error may offer what to do next', () => {
  const { rows } = shown({
    kind: 'error',
    code: 'face_taken',
    text: 'Taken.',
    actions: [action('confirm', 'd:dispute')],
  });
  expect(rows.flatMap(({ components }) => components)).toMatchObject([{ custom_id: 'd:dispute', style: SECONDARY }]);
});
