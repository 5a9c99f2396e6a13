import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { discordCourier } from '../../src/bots/discord/courier.ts';
import { telegramCourier } from '../../src/bots/telegram/out/courier.ts';
import type { Courier } from '../../src/chat/courier.ts';
import type { Person, Place } from '../../src/consent/who.ts';
import { Failure } from '../../src/failure.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { openPlatform } from '../bots/discord/platform/platform.ts';
import { peopleOf } from '../bots/telegram/platform/people.ts';
import { startBotApi } from '../bots/telegram/platform/server.ts';
import { BOT } from '../bots/telegram/platform/world.ts';
import { ALICE, BOB, CLUB, openStage } from '../chat/stage.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let stage: Awaited<ReturnType<typeof openStage>>;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage[Symbol.asyncDispose]());

async function sweepAfter(ms: number) {
  stage.clock.ms += ms;
  return await sweep(stage.parts, 365);
}
const people = async () => (await stage.flow.gallery.people(await stage.scope())).map(({ person }) => person.name);

describe('a group that the bot was removed from while it was off', () => {
  const [there, gone] = [{ is: 'there', bot: 'finder' } as const, { is: 'gone', bot: 'finder' } as const];
  const says = (presence: typeof there | typeof gone | { is: 'gone'; bot: string } | undefined) =>
    presence ? stage.platform.presences.set(CLUB.id, presence) : stage.platform.presences.delete(CLUB.id);

  beforeEach(async () => {
    await stage.agreed(ALICE, 'enroll', ['anna']);
    await stage.agreed(BOB, 'enroll', ['ben']);
    says(there);
    await sweepAfter(0);
  });

  it('is erased by the second daily sweep that hears so, with all its people', async () => {
    says(gone);
    expect(await sweepAfter(DAY)).toMatchObject({ erased: 0 });
    expect(await people()).toEqual(['Alice', 'Bob']);
    expect(await sweepAfter(DAY)).toMatchObject({ people: 2, erased: 2, alarms: 0 });
    expect(await stage.flow.gallery.scopes()).toEqual([]);
    expect(await stage.parts.stores.pending.list('presence')).toEqual([]);
  });

  it('is erased with what was remembered under the id that it had before', async () => {
    const supergroup = { ...CLUB, id: '-1000000000500' };
    await stage.chat.moved(CLUB, supergroup);
    stage.platform.presences.set(supergroup.id, there);
    await sweepAfter(DAY);
    expect(await stage.parts.stores.pending.list('presence')).toHaveLength(2);
    stage.platform.presences.set(supergroup.id, gone);
    await sweepAfter(DAY);
    await sweepAfter(DAY);
    expect(await stage.flow.gallery.scopes()).toEqual([]);
    expect(await stage.parts.stores.pending.list('presence')).toEqual([]);
  });

  it('is erased although the program was restarted between the two', async () => {
    says(gone);
    await sweepAfter(DAY);
    await stage.restart();
    await sweepAfter(DAY);
    expect(await stage.flow.gallery.scopes()).toEqual([]);
  });

  it('is erased as by the bot’s removal: the ledger says so', async () => {
    const scope = await stage.scope();
    says(gone);
    await sweepAfter(DAY);
    await sweepAfter(DAY);
    const erased = (await stage.flow.gallery.ledger(scope)).filter(({ kind }) => kind === 'erased');
    expect(erased).toMatchObject([{ reason: 'removed' }, { reason: 'removed' }]);
  });

  it('is not erased by two sweeps that an operator starts one after the other', async () => {
    says(gone);
    await sweepAfter(DAY);
    await sweepAfter(HOUR);
    expect(await people()).toEqual(['Alice', 'Bob']);
  });

  it('is not erased when the bot was there again between the two', async () => {
    says(gone);
    await sweepAfter(DAY);
    says(there);
    await sweepAfter(DAY);
    says(gone);
    await sweepAfter(DAY);
    expect(await people()).toEqual(['Alice', 'Bob']);
  });

  it('is not erased for all the days on which the platform says nothing of it', async () => {
    says(gone);
    await sweepAfter(DAY);
    says(undefined);
    for (let days = 0; days < 5; days++) await sweepAfter(DAY);
    expect(await people()).toEqual(['Alice', 'Bob']);
  });

  it('is not kept for ever when its erasure was cut off: a later sweep removes what is left', async () => {
    says(gone);
    await sweepAfter(DAY);
    const { gallery } = stage.flow;
    const { erase } = gallery;
    gallery.erase = (scope, person, ...how) =>
      person.id === BOB.id ? Promise.reject(new Failure('unavailable')) : erase(scope, person, ...how);
    expect(await sweepAfter(DAY)).toMatchObject({ people: 2, erased: 1 });
    gallery.erase = erase;
    await sweepAfter(DAY);
    expect(await gallery.scopes()).toEqual([]);
  });

  it('is not erased for what another bot hears, whose token was set by mistake', async () => {
    says({ is: 'gone', bot: 'another' });
    for (let days = 0; days < 5; days++) await sweepAfter(DAY);
    expect(await people()).toEqual(['Alice', 'Bob']);
    says(there);
    await sweepAfter(DAY);
    expect(await people()).toEqual(['Alice', 'Bob']);
  });
});

it('a shelf that takes nothing lets nobody’s time be seen, and they go two sweeps after it takes notes again', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  stage.platform.presences.set(CLUB.id, { is: 'there', bot: 'finder' });
  const { pending } = stage.parts.stores;
  const { put } = pending;
  pending.put = (shelf, item) => (shelf === 'erasure' ? put(shelf, item) : Promise.reject(new Failure('busy')));
  expect(await sweepAfter(400 * DAY)).toMatchObject({ erased: 0 });
  pending.put = put;
  expect(await sweepAfter(DAY)).toMatchObject({ erased: 0 });
  expect(await sweepAfter(DAY)).toMatchObject({ erased: 1 });
});

it('a group that the bot was never seen in is not erased: who never was there cannot have been removed', async () => {
  await stage.agreed(ALICE, 'enroll', ['anna']);
  stage.platform.presences.set(CLUB.id, { is: 'gone', bot: 'finder' });
  for (let days = 0; days < 5; days++) await sweepAfter(DAY);
  expect(await people()).toEqual(['Alice']);
});

describe('as the platforms tell it', () => {
  /** Lets somebody agree at a place, and makes `courier` the courier of its platform. */
  async function enrolledAt(place: Place, courier: Courier): Promise<void> {
    Object.assign(stage.flow.couriers, { [place.platform]: courier });
    const person: Person = { platform: place.platform, id: '1', name: 'Ann' };
    const scope = await stage.flow.gallery.scope(place);
    const agreement = { version: 1, noticeHash: 'n', at: stage.clock.ms, shown: false };
    await stage.flow.gallery.agree(scope, person, 'enrol', agreement, 0);
  }

  it('Discord', async () => {
    await using platform = await openPlatform();
    const [club, chess] = [platform.guild('Club'), platform.guild('Chess')];
    const courier = discordCourier({ token: platform.token, apiUrl: platform.apiUrl });
    const places = [club, chess].map(({ id }): Place => ({ platform: 'discord', id }));
    for (const place of places) await enrolledAt(place, courier);
    await sweepAfter(0);
    platform.guilds.delete(club.id);
    await sweepAfter(DAY);
    expect(await stage.flow.gallery.scopes()).toHaveLength(2);
    await sweepAfter(DAY);
    expect(await stage.flow.gallery.scopes()).toMatchObject([{ places: [places[1]] }]);
  });

  it('Telegram', async () => {
    await using api = await startBotApi();
    const world = peopleOf(api);
    const [club, chess] = [world.group('Club', []), world.group('Chess', [], { basic: true })];
    const courier = telegramCourier({ token: api.token, apiUrl: api.url });
    const places = [club, chess].map(({ chat }): Place => ({ platform: 'telegram', id: String(chat.id) }));
    for (const place of places) await enrolledAt(place, courier);
    await sweepAfter(0);
    chess.members.set(BOT.id, 'kicked');
    await sweepAfter(DAY);
    expect(await stage.flow.gallery.scopes()).toHaveLength(2);
    await sweepAfter(DAY);
    expect(await stage.flow.gallery.scopes()).toMatchObject([{ places: [places[0]] }]);
  });
});
