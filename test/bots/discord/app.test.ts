import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureText } from '../../../src/chat/failure.ts';
import { en } from '../../support/words.ts';
import { samples } from '../telegram/photos.ts';
import { offersOf } from './driver.ts';
import type { Exchange } from './platform/exchange.ts';
import type { Asking } from './platform/interaction.ts';
import type { PlatformOptions } from './platform/platform.ts';
import { buttonsOf, textOf } from './platform/reading.ts';
import type { Shown } from './platform/shown.ts';
import type { DiscordGuild, DiscordPerson } from './platform/world.ts';
import { realStage, type Stage } from './stage.ts';

let photos: Awaited<ReturnType<typeof samples>>;
let on: Stage;
let ann: DiscordPerson;
let bob: DiscordPerson;
let club: DiscordGuild;
let before = 0;

beforeAll(async () => {
  photos = await samples();
  on = await realStage();
});
// Each test has its own server and people.
beforeEach(() => gather());
afterEach(() => expect(on.platform.violations).toEqual([]));
afterAll(() => on[Symbol.asyncDispose]());

function gather() {
  ann = on.platform.person('Ann');
  bob = on.platform.person('Bob');
  club = on.platform.guild('Chess club', ann, bob);
  before = fetches();
}

/** Replaces the app and its loopback Discord by others, which have these settings. */
async function anew(env: NodeJS.ProcessEnv, options: PlatformOptions = {}) {
  await on[Symbol.asyncDispose]();
  on = await realStage(env, options);
  gather();
}

const here = (person: DiscordPerson): Asking => ({ person, guild: club });
const fetches = () => on.platform.requests.filter(({ template }) => template === '/attachments').length;
const fetched = () => fetches() - before;

function use(asking: Asking, command: string, ...sent: Uint8Array[]): Exchange {
  return on.platform.slash(
    asking,
    command,
    sent.map((bytes) => on.platform.attach(bytes)),
  );
}

function press(asking: Asking, message: Shown, choice: string): Exchange {
  const button = buttonsOf(message).find(({ custom_id }) => custom_id.endsWith(`:${choice}`));
  if (!button) throw new Error(`no button to ${choice}: ${textOf(message)}`);
  return on.platform.press(asking, message, button);
}

/** Sends a command, and agrees to the notice if one comes. Gives the answer. */
async function agreed(asking: Asking, command: string, bytes: Uint8Array, choice = 'agree'): Promise<Shown> {
  const answer = await use(asking, command, bytes).answer();
  return buttonsOf(answer).some(({ custom_id }) => custom_id.endsWith(':agree'))
    ? await press(asking, answer, choice).answer()
    : answer;
}

describe('nothing of a photo is fetched', () => {
  it('before its sender has agreed, or after they declined; after they agreed it is fetched once', async () => {
    const notice = await use(here(bob), 'find', photos.group).answer();
    expect(textOf(notice)).toContain('May I look at your photos');
    expect(fetched()).toBe(0);
    await press(here(bob), notice, 'decline').answer();
    expect(fetched()).toBe(0);
    await agreed(here(bob), 'find', photos.group);
    expect(fetched()).toBe(1);
  });
});

describe('the form of /enroll', () => {
  it('sent with the tick enrols at once, and says so', async () => {
    const opened = use(here(ann), 'enroll');
    expect(await opened.acknowledged()).toMatchObject({ type: 9 });
    const filled = { ticked: ['agree'], photos: [on.platform.attach(photos.ann)] };
    const answer = await on.platform.submit(here(ann), opened, filled).answer();
    expect(textOf(answer)).toContain('You are enrolled in');
    expect(textOf(await agreed(here(bob), 'find', photos.group))).toContain('“Ann” (face ');
  });

  it('sent without the tick shows the notice, and fetches nothing', async () => {
    const opened = use(here(ann), 'enroll');
    await opened.acknowledged();
    const answer = await on.platform.submit(here(ann), opened, { photos: [on.platform.attach(photos.ann)] }).answer();
    expect(textOf(answer)).toContain('May I remember your face for');
    expect(fetched()).toBe(0);
  });

  it('opens in a direct message too, for the only server in which its sender is known', async () => {
    await agreed(here(ann), 'find', photos.group);
    const opened = use({ person: ann }, 'enroll');
    expect(JSON.stringify(await opened.acknowledged())).toMatch(/"type":9.*Chess club/);
    const filled = { ticked: ['agree'], photos: [on.platform.attach(photos.ann)] };
    const answer = await on.platform.submit({ person: ann }, opened, filled).answer();
    expect(textOf(answer)).toContain('You are enrolled in “Chess club”');
  });

  it('that was opened before a restart still counts with the notice that it showed', async () => {
    const opened = use(here(ann), 'enroll');
    await opened.acknowledged();
    await on.restart();
    const filled = { ticked: ['agree'], photos: [on.platform.attach(photos.ann)] };
    expect(textOf(await on.platform.submit(here(ann), opened, filled).answer())).toContain('You are enrolled in');
  });
});

describe('a result', () => {
  it('is shown to the channel if somebody in it agreed to that', async () => {
    await agreed(here(ann), 'enroll', photos.ann, 'shown');
    const result = await agreed(here(bob), 'find', photos.group);
    const shown = await press(here(bob), result, 'show').until(({ followUps }) => followUps.length > 0);
    const [followUp] = shown.followUps;
    expect(followUp).toMatchObject({
      isEphemeral: false,
      attachments: [{ isHidden: true }],
    });
    expect(followUp && textOf(followUp)).toContain('“Ann” is in this picture');
    expect(shown.original && textOf(shown.original)).toContain('“Ann” (face ');
  });

  it('has no button to show it if nobody in it agreed', async () => {
    await agreed(here(ann), 'enroll', photos.ann);
    const result = await agreed(here(bob), 'find', photos.group);
    expect(offersOf(result)).toEqual([en.find.details.button, en.wrong.name, en.shown.delete]);
  });

  it('of all pictures of a message is one answer', async () => {
    await agreed(here(bob), 'find', photos.group);
    const pictures = [photos.group, photos.withBob].map((bytes) => on.platform.attach(bytes));
    const result = await on.platform.pickEntry(here(bob), pictures).answer();
    expect(result.attachments).toHaveLength(2);
  });
});

describe('an interaction', () => {
  it('delivered again, during the work and after it, is answered once', async () => {
    await agreed(here(bob), 'find', photos.group);
    const search = use(here(bob), 'find', photos.group);
    await search.acknowledged();
    on.platform.replay(search);
    await search.answer();
    on.platform.replay(search);
    // This answer comes only after the bot has handled the replay.
    await use(here(bob), 'help').answer();
    expect(search.edits).toBe(1);
  });

  it('of a button delivered again does not undo its answer', async () => {
    const notice = await use(here(bob), 'find', photos.group).answer();
    const pressed = press(here(bob), notice, 'agree');
    const result = await pressed.answer();
    on.platform.replay(pressed);
    await use(here(bob), 'help').answer();
    expect(pressed.edits).toBe(1);
    expect(pressed.original).toEqual(result);
  });

  it('of two by one person at once are answered once each', async () => {
    await agreed(here(bob), 'find', photos.group);
    const both = [use(here(bob), 'find', photos.group), use(here(bob), 'find', photos.withBob)];
    const answers = await Promise.all(both.map((exchange) => exchange.answer()));
    expect(answers.map(({ attachments }) => attachments.length)).toEqual([1, 1]);
    expect(both.map(({ edits }) => edits)).toEqual([1, 1]);
  });

  it('is answered even if the gateway drops while it is worked on', async () => {
    await agreed(here(bob), 'find', photos.group);
    const search = use(here(bob), 'find', photos.group);
    await search.acknowledged();
    on.platform.gateway.drop();
    expect((await search.answer()).attachments).toHaveLength(1);
  });

  it('with a token that is over when the answer comes keeps nobody else from an answer', async () => {
    await agreed(here(bob), 'find', photos.group);
    const search = use(here(bob), 'find', photos.group);
    await search.acknowledged();
    search.isExpired = true;
    expect((await use(here(bob), 'find', photos.group).answer()).attachments).toHaveLength(1);
    expect(search.edits).toBe(0);
  });

  it('without its attachment is told that it is gone', async () => {
    await agreed(here(bob), 'find', photos.group);
    const photo = on.platform.attach(photos.group);
    on.platform.files.clear();
    const answer = await on.platform.slash(here(bob), 'find', [photo]).answer();
    expect(textOf(answer)).toBe(en.failures.photo_gone);
    expect(answer.attachments).toEqual([]);
  });

  it('is answered through a burst of 500 and a 429', async () => {
    const template = '/webhooks/{webhook_id}/{webhook_token}/messages/@original';
    on.platform.fault({ method: 'patch', template, status: 500, times: 5 });
    on.platform.fault({ method: 'patch', template, status: 429, headers: { 'retry-after': '0.2' }, times: 1 });
    const help = use(here(bob), 'help');
    expect(textOf(await help.answer())).toContain('/find');
    expect(help.edits).toBe(1);
  });
});

describe('somebody who left', () => {
  // A restart forgets what Discord said about members, which is kept for 10 minutes.
  it('is not named, though no member events are heard', async () => {
    await agreed(here(ann), 'enroll', photos.ann);
    on.platform.leave(club, ann);
    await on.restart();
    expect(textOf(await agreed(here(bob), 'find', photos.group))).not.toContain('Ann');
  });

  it('gets no answer about that server from outside', async () => {
    await agreed(here(bob), 'find', photos.group);
    on.platform.leave(club, bob);
    await on.restart();
    expect(textOf(await use({ person: bob }, 'find', photos.group).answer())).toBe(failureText(en, 'not_a_member'));
  });
});

describe('a server', () => {
  it('that removes the bot is forgotten with everybody in it', async () => {
    await agreed(here(ann), 'enroll', photos.ann);
    on.platform.gateway.dispatch('GUILD_DELETE', { id: club.id });
    await expect.poll(async () => textOf(await use({ person: ann }, 'mydata').answer())).not.toContain('selfie');
  });

  it('in an outage loses nobody', async () => {
    await agreed(here(ann), 'enroll', photos.ann);
    on.platform.gateway.dispatch('GUILD_DELETE', { id: club.id, unavailable: true });
    expect(textOf(await agreed(here(bob), 'find', photos.group))).toContain('“Ann” (face ');
  });
});

describe('in a direct message', () => {
  it('/find is about the person’s only server', async () => {
    await agreed(here(ann), 'enroll', photos.ann);
    await agreed(here(bob), 'find', photos.group);
    expect(textOf(await use({ person: bob }, 'find', photos.group).answer())).toContain('“Ann” (face ');
  });

  it('of several servers the person chooses', async () => {
    const team = on.platform.guild('Team', bob);
    await agreed(here(ann), 'enroll', photos.ann);
    await agreed(here(bob), 'find', photos.group);
    await agreed({ person: bob, guild: team }, 'find', photos.group);
    const question = await use({ person: bob }, 'find', photos.group).answer();
    expect(textOf(question)).toBe(en.place.which);
    const button = buttonsOf(question).find(({ label }) => label === 'Chess club');
    if (!button) throw new Error('the server is not offered');
    const press = on.platform.press({ person: bob }, question, button);
    expect(textOf(await press.answer())).toContain('“Ann” (face ');
  });

  it('somebody who is known in no server is led to one', async () => {
    expect(textOf(await use({ person: bob }, 'enroll', photos.bob).answer())).toBe(en.place.none);
  });
});

it('with FIND_BY=enrolled, only enrolled people may search', async () => {
  await anew({ FIND_BY: 'enrolled' });
  expect(textOf(await agreed(here(bob), 'find', photos.group))).toBe(en.failures.not_enrolled({ why: 'other' }));
});

it('with FIND_PHOTOS=any, a photo that somebody else sent is searched until they forbid it, and people who are not enrolled are blurred', async () => {
  await anew({ FIND_PHOTOS: 'any' });
  await agreed(here(ann), 'enroll', photos.ann);
  await agreed(here(bob), 'find', photos.bob);
  const dora = on.platform.person('Dora');
  club.members.add(dora.id);
  const ask = () => on.platform.pickEntry(here(bob), [on.platform.attach(photos.group)], { by: dora }).answer();
  expect(textOf(await ask())).toMatch(/“Ann” .*\n\d+ other faces are blurred\.$/s);

  const data = await use(here(dora), 'mydata').answer();
  expect(textOf(data)).toContain('in “Chess club” was searched once by others');
  const label = en.mydata.photos.forbid({ group: 'Chess club' });
  const [button = { custom_id: '' }] = buttonsOf(data).filter((one) => one.label === label);
  const forbidden = await on.platform.press(here(dora), data, button).answer();
  expect(textOf(forbidden)).toContain('From now on nobody searches photos in your messages');
  const already = fetched();
  expect(textOf(await ask())).toBe(failureText(en, 'not_your_photo', { forbidden: 1 }));
  expect(fetched()).toBe(already);
});

it('if Discord tells who leaves, they are erased at once', async () => {
  await anew({}, { allowsPrivileged: true });
  await agreed(here(ann), 'enroll', photos.ann);
  on.platform.leave(club, ann);
  await expect.poll(async () => textOf(await use({ person: ann }, 'mydata').answer())).not.toContain('selfie');
});
