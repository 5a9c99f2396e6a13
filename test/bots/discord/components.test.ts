import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../support/words.ts';
import { type Bot, hello, NOTICE, openClub, reading } from './bot.ts';
import { violations } from './platform/conformance.ts';
import type { Exchange } from './platform/exchange.ts';
import type { Asking } from './platform/interaction.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { Before } from './platform/rules.ts';
import type { Shown } from './platform/shown.ts';

const CALLBACK = '/interactions/{interaction_id}/{interaction_token}/callback';
const EDIT = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';
const flags = 1 << 15;

const text = (content: string) => ({ type: 10, content });
const picture = (name: string) => ({ type: 12, items: [{ media: { url: `attachment://${name}` } }] });
const button = (id: string) => ({ type: 2, style: 2, custom_id: id, label: 'Press me' });
const row = (...ids: readonly string[]) => ({ type: 1, components: ids.map(button) });
const rows = (number: number) => Array.from({ length: number }, (_, index) => row(`a${index}`, `b${index}`));

describe('the loopback Discord takes', () => {
  const file = new Blob(['jpeg']);
  const attachments = [{ id: '0', filename: 'a.jpg' }];
  const before = { flags, content: '', embeds: [], components: [text('Hi')], attachments: [] };
  const problems = (body: object, files: readonly Blob[] = [], earlier?: Before) =>
    violations('patch', EDIT, body, files, earlier).map((problem) => problem.replace(/^.*?: /, ''));

  it('a text, a picture and buttons', () => {
    const components = [text('Hi'), picture('a.jpg'), row('a', 'b')];
    expect(problems({ flags, components, attachments }, [file])).toEqual([]);
  });

  it.each([
    ['content beside components', { content: 'Hi', components: [text('Hi')] }, 'content beside IS_COMPONENTS_V2'],
    ['embeds beside components', { embeds: [{}], components: [text('Hi')] }, 'embeds beside IS_COMPONENTS_V2'],
    ['more than 40 components, buttons counted', { components: rows(14) }, '42 components'],
    [
      'more than 4,000 characters',
      { components: ['x', 'y'].map((x) => text(x.repeat(2001))) },
      '4002 characters of text',
    ],
    ['nothing at all', { components: [] }, 'an empty message'],
    ['two buttons with one id', { components: [row('a'), row('a')] }, 'two buttons with one custom_id'],
    [
      'a picture that is not attached',
      { components: [picture('a.jpg')] },
      'a component shows a.jpg, which is not attached',
    ],
    ['a text without the flag', { flags: 0, components: [text('Hi')] }, 'a component that needs IS_COMPONENTS_V2'],
  ])('never %s', (_, body, problem) => {
    expect(problems({ flags, ...body })).toEqual([problem]);
  });

  it('no attachment that no component shows', () => {
    expect(problems({ flags, components: [text('Hi')], attachments }, [file])).toEqual([
      'no component shows an attachment',
    ]);
  });

  it('no file that an edit keeps by its id alone, because a component finds its file by the name', () => {
    const earlier = { ...before, components: [picture('a.jpg')], attachments: [{ id: '7', filename: 'a.jpg' }] };
    const edited = { flags, components: earlier.components };
    expect(problems({ ...edited, attachments: earlier.attachments }, [], earlier)).toEqual([]);
    expect(problems({ ...edited, attachments: [{ id: '7' }] }, [], earlier)).toContain(
      'a component shows a.jpg, which is not attached',
    );
  });

  it('no name that it would change, because the component would lose its file', () => {
    const named = [{ id: '0', filename: 'Шахматы.jpg' }];
    expect(problems({ flags, components: [picture('Шахматы.jpg')], attachments: named }, [file])).toHaveLength(1);
  });

  it('no edit that goes back to a message without components for everything', () => {
    expect(problems({ content: 'Hi' }, [], before)).toEqual(['content beside IS_COMPONENTS_V2']);
    expect(problems({ flags: 0, content: 'Hi', components: [] }, [], before)).toEqual([
      'IS_COMPONENTS_V2 cannot be removed',
    ]);
  });

  it('no edit to components that leaves the old text where it is', () => {
    const older = { ...before, flags: 0, content: 'Hi', components: [] };
    const components = [text('Hello')];
    expect(problems({ flags, components }, [], older)).toEqual(['content beside IS_COMPONENTS_V2']);
    expect(problems({ flags, components, content: null }, [], older)).toEqual([]);
  });

  it('"thinking…" with no other flag than that it is private', () => {
    const thinking = (flag: number) => violations('post', CALLBACK, { type: 5, data: { flags: flag } }, []);
    expect(thinking(64)).toEqual([]);
    expect(thinking(64 | flags)).toHaveLength(1);
  });
});

describe('beside an older version, whose messages have no components but buttons,', () => {
  let bot: Bot;
  let who: Asking;

  beforeEach(async () => {
    const { ann, club, ...opened } = await openClub();
    bot = opened.bot;
    bot.says = () => undefined;
    who = { person: ann, guild: club };
  });
  afterEach(async () => {
    await bot[Symbol.asyncDispose]();
    expect(bot.platform.violations).toEqual([]);
  });

  /** Sends `/help`, and edits its answer as a worker of the older version does. */
  async function older(body: object, jpeg?: string): Promise<Exchange> {
    const exchange = bot.platform.slash(who, 'help');
    await exchange.acknowledged();
    const attachments = jpeg ? [{ id: '0', filename: 'SPOILER_faces-1.jpg', description: 'Face 1' }] : [];
    const form = new FormData();
    form.set('payload_json', JSON.stringify({ embeds: [], attachments, ...body }));
    if (jpeg) form.set('files[0]', new Blob([jpeg]), 'SPOILER_faces-1.jpg');
    const { apiUrl, application } = bot.platform;
    const route = `${apiUrl}/v10/webhooks/${application}/${exchange.token}/messages/@original`;
    expect((await fetch(route, { method: 'PATCH', body: form })).status).toBe(200);
    return exchange;
  }

  const shownBy = ({ original }: Exchange): Shown => original ?? expect.fail('there is no message');
  const question = async () =>
    shownBy(await older({ content: 'Agree?', components: [row('abc:agree', 'abc:decline')] }));
  const result = async () =>
    shownBy(await older({ content: '**1** face', components: [row('abc:show', `delete:${who.person.id}`)] }, 'jpeg'));

  it('what it answers is read as ever', async () => {
    expect(textOf(await question())).toBe('Agree?');
    expect(await result()).toMatchObject({ flags: 64, attachments: [{ isHidden: true, description: 'Face 1' }] });
  });

  it('a question of it becomes "Looking…" when pressed, and then the answer', async () => {
    const asked = await question();
    const press = bot.platform.press(who, asked, button('abc:agree'));
    await press.acknowledged();
    expect(press.original).toMatchObject({ id: asked.id, content: '', ...reading(en.find.looking) });
    await expect.poll(() => bot.presses.length).toBe(1);
    const [{ address } = expect.fail('nothing was pressed')] = bot.presses;
    await bot.courier.answer(address, hello);
    expect(press.original).toMatchObject({ id: asked.id, content: '', isEphemeral: true, ...reading('Hello.') });
  });

  it('a question of it that nobody could take in can be pressed again', async () => {
    bot.says = () => {
      throw new Error('no store');
    };
    const asked = await question();
    const press = bot.platform.press(who, asked, button('abc:agree'));
    await press.until(({ followUps }) => followUps.length > 0);
    expect(textOf(shownBy(press))).toBe('Agree?');
    expect(buttonsOf(shownBy(press)).map(({ custom_id }) => custom_id)).toEqual(['abc:agree', 'abc:decline']);
    bot.says = () => hello;
    expect(textOf(await bot.platform.press(who, shownBy(press), button('abc:agree')).answer())).toBe('Hello.');
  });

  it('a result of it keeps its words and its hidden picture while it is shown to the channel', async () => {
    const found = await result();
    const press = bot.platform.press(who, found, button('abc:show'));
    await press.acknowledged();
    const stays = { id: found.id, attachments: [{ isHidden: true, description: 'Face 1' }], ...reading('**1** face') };
    expect(press.original).toMatchObject(stays);
    expect(buttonsOf(shownBy(press))).toEqual([]);
  });

  it('a result of it is deleted by its button', async () => {
    const press = bot.platform.press(who, await result(), button(`delete:${who.person.id}`));
    await press.until(({ isDeleted }) => isDeleted);
  });

  it('its worker cannot change what the newer bot showed', async () => {
    bot.says = () => [{ kind: 'consent', text: 'Agree?', notice: NOTICE, actions: [] }];
    const exchange = bot.platform.slash(who, 'help');
    await exchange.answer();
    const { apiUrl, application, violations: known } = bot.platform;
    const route = `${apiUrl}/v10/webhooks/${application}/${exchange.token}/messages/@original`;
    const headers = { 'content-type': 'application/json' };
    const edited = await fetch(route, {
      method: 'PATCH',
      headers,
      body: JSON.stringify({ content: 'Hi', embeds: [] }),
    });
    expect(edited.status).toBe(400);
    expect((known as string[]).splice(0)).toHaveLength(1);
  });
});
