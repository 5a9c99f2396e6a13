import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describePack } from '../../models/pack.ts';
import { packInUse } from '../../src/app/pack.ts';
import { type AppParts, openParts } from '../../src/app/parts.ts';
import { work } from '../../src/chat/answering/work.ts';
import type { Ask, PhotoRef, Press } from '../../src/chat/ask.ts';
import type { Chat } from '../../src/chat/chat.ts';
import type { Courier, Membership, NameNow, Presence, Showing } from '../../src/chat/courier.ts';
import type { Flow } from '../../src/chat/flow.ts';
import { openChat } from '../../src/chat/open-chat.ts';
import type { Action, Reply } from '../../src/chat/reply.ts';
import { workOnSeries } from '../../src/chat/series/work.ts';
import { type Config, readConfig } from '../../src/config.ts';
import type { Person, Place } from '../../src/consent/who.ts';
import { Failure } from '../../src/failure.ts';
import { openLog } from '../../src/log.ts';
import { gestureAsked } from '../support/gestures.ts';
import { dealtFaces } from './dealt-faces.ts';

export const ALICE: Person = { platform: 'telegram', id: '1001', name: 'Alice' };
export const BOB: Person = { platform: 'telegram', id: '1002', name: 'Bob' };
export const CLUB: Place = { platform: 'telegram', id: '-500', title: 'Club' };
export const TEAM: Place = { platform: 'telegram', id: '-600', title: 'Team' };

const DAY_MS = 86_400_000;

/**
 * The flow over its real stores in its own folder, with a platform that notes what it shows. Faces
 * come from the "photo": its bytes are the names of the people on it, so that behaviour is tested
 * without pixels.
 */
export async function openStage(
  env: NodeJS.ProcessEnv = {},
  audience: Courier['audience'] = 'group',
  /** Other stores than the embedded ones of this folder. */
  withStores: (config: Config) => Config = (config) => config,
  /** The most photos of a person and day; default: as in reality. */
  photosADay?: number,
) {
  const dataDir = mkdtempSync(join(tmpdir(), 'facefinder-stage-'));
  const configured = (more: NodeJS.ProcessEnv) =>
    withStores(readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...env, ...more }, dataDir));
  const platform = fakePlatform(audience);
  const clock = { ms: Date.now() };
  const embeddings = new Map<string, Float32Array>();
  const begin = (more: NodeJS.ProcessEnv) => run(configured(more), platform, clock, { embeddings, photosADay });
  let running = await begin({});

  let updates = 0;
  const stage = {
    dataDir,
    config: configured({}),
    platform,
    clock,
    /**
     * Embeddings of people by their names in photos. Other people's embeddings follow from their
     * names.
     */
    embeddings,
    get flow(): Flow {
      return running.flow;
    },
    get parts(): AppParts {
      return running.parts;
    },
    scope: () => running.flow.gallery.scope(CLUB),
    /**
     * A deadline that long tests on a busy machine do not reach. The queue compares deadlines with
     * the machine's clock, and the chat compares them with the stage's.
     */
    tomorrow: () => Math.max(clock.ms, Date.now()) + DAY_MS,
    get chat(): Chat {
      return running.chat;
    },
    ask(person: Person, command: string, photos: readonly string[] = [], more: Partial<Ask> = {}): Ask {
      updates += 1;
      return {
        id: `telegram:${updates}`,
        command,
        args: '',
        person,
        place: CLUB,
        locale: 'en',
        photos: photos.map((who): PhotoRef => ({ platform: 'telegram', who })),
        address: { platform: 'telegram', message: updates },
        deadline: clock.ms + 600_000,
        ...more,
      };
    },
    /** Sends a command and gives the final answer. */
    async say(person: Person, command: string, photos: readonly string[] = [], more: Partial<Ask> = {}) {
      const ask = stage.ask(person, command, photos, more);
      await stage.chat.ask(ask);
      return await platform.shownAt(ask.address.message);
    },
    pressOf(person: Person, action: Pick<Action, 'id'>, more: Partial<Press> = {}): Press {
      updates += 1;
      return {
        id: `telegram:${updates}`,
        action: action.id,
        person,
        place: CLUB,
        locale: 'en',
        address: { platform: 'telegram', message: updates },
        deadline: clock.ms + 600_000,
        ...more,
      };
    },
    async press(person: Person, action: Pick<Action, 'id'>, more: Partial<Press> = {}) {
      const press = stage.pressOf(person, action, more);
      await stage.chat.press(press);
      return await platform.shownAt(press.address.message);
    },
    /** Sends a command, and agrees if it shows a notice. */
    async agreed(person: Person, command: string, photos: readonly string[]) {
      const replies = await stage.say(person, command, photos);
      return replies[0]?.kind === 'consent' ? await stage.press(person, action(replies, 'agree')) : replies;
    },
    /** Does what is to be done for all series now. */
    workOnSeries: (signal = new AbortController().signal) => workOnSeries(running.flow, running.faces, signal),
    /** Sends a selfie of the person on `photo` that shows the requested gesture. */
    async proves(person: Person, asked: readonly Reply[], photo: string, more: Partial<Ask> = {}) {
      const gesture = gestureAsked(asked);
      if (!gesture) throw new Error(`no gesture is asked for in ${JSON.stringify(asked)}`);
      return await stage.say(person, 'enroll', [`${photo}^${gesture}`], more);
    },
    /**
     * Stops the process and starts another on the same data, with these settings changed, after
     * `meanwhile`.
     */
    async restart(changed: NodeJS.ProcessEnv = {}, meanwhile?: () => Promise<void>) {
      await running.stop();
      await meanwhile?.();
      running = await begin(changed);
    },
    async [Symbol.asyncDispose]() {
      await running.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
  return stage;
}

/** The button with this role in the first reply that has buttons. */
export function action(replies: readonly Reply[], role: Action['role'], nth = 0): Action {
  const actions = replies.flatMap((reply) => ('actions' in reply ? (reply.actions ?? []) : []));
  const found = actions.filter((candidate) => candidate.role === role)[nth];
  if (!found) throw new Error(`no ${role} button in ${JSON.stringify(replies)}`);
  return found;
}

async function run(
  config: Config,
  platform: ReturnType<typeof fakePlatform>,
  clock: { ms: number },
  {
    embeddings,
    photosADay,
  }: { readonly embeddings: ReadonlyMap<string, Float32Array>; readonly photosADay: number | undefined },
) {
  await using stack = new AsyncDisposableStack();
  const log = openLog('silent');
  const pack = await describePack(await packInUse(config), config.modelDir);
  const couriers = { telegram: platform.courier };
  const now = () => clock.ms;
  const limit = photosADay === undefined ? {} : { photosADay };
  const parts = await openParts({ config, pack, couriers, log, now, ...limit }, stack);
  const { flow, stores } = parts;
  const faces = dealtFaces(pack.dims, embeddings);
  // As at each start, because a process before this one may have ended amid a series.
  await flow.series.resume();
  work(stores.queue, flow, faces, 1);
  const running = stack.move();
  return { parts, flow, faces, chat: openChat(flow), stop: () => running.disposeAsync() };
}

function fakePlatform(audience: Courier['audience']) {
  const shown = new Map<unknown, { replies: readonly Reply[]; times: number }>();
  const waiting = new Map<unknown, (replies: readonly Reply[]) => void>();
  const placeholders = new Map<unknown, string>();
  const memberships = new Map<string, Membership>();
  const admins = new Map<string, 'yes' | 'no' | 'down'>();
  const goneChannels = new Set<string>();
  const names = new Map<string, NameNow>();
  const presences = new Map<string, Presence>();
  const moves = new Map<string, Place>();
  const fetched: unknown[] = [];
  const consented: Reply[] = [];
  const posts = new Map<string, readonly Reply[]>();
  const shows: Awaited<ReturnType<Showing['begin' | 'end']>>[] = [];
  const posting: { meanwhile?: () => Promise<void> } = {};
  const own: (readonly (readonly [who: unknown, caption: string])[])[] = [];
  const owning: { refused?: string; meanwhile?: () => Promise<'unknown' | undefined> } = {};
  const deleting: { refusal?: Failure | 'out_of_reach' } = {};
  const waits: { photos?: () => Promise<void>; progress?: () => Promise<void> } = {};
  const progress: (readonly [message: unknown, text: string])[] = [];
  const courier: Courier = {
    audience,
    async placeholder(address, text) {
      placeholders.set(address.message, text);
      return { ...address, placeheld: true };
    },
    async answer(address, all, { showing } = {}) {
      // Leaves out the receipt of consent, which comes beside an answer.
      const replies = all.filter((reply) => reply.kind !== 'receipt' || reply.of === 'erasure');
      consented.push(...all.filter((reply) => !replies.includes(reply)));
      const times = (shown.get(address.message)?.times ?? 0) + 1;
      shown.set(address.message, { replies, times });
      waiting.get(address.message)?.(replies);
      if (!showing || !replies.every(({ kind }) => kind === 'result')) return;
      const begun = await showing.begin();
      shows.push(begun);
      if (begun !== 'go') return;
      const post = { platform: 'telegram', id: `post ${address.message}` };
      posts.set(post.id, replies);
      await posting.meanwhile?.();
      shows.push(await showing.end(post));
    },
    async progress({ message }, text) {
      await waits.progress?.();
      if (shown.has(message)) throw new Error('said after its answer');
      progress.push([message, text]);
    },
    async takeBack({ id }) {
      if (deleting.refusal instanceof Failure) throw deleting.refusal;
      if (deleting.refusal) return deleting.refusal;
      posts.delete(id);
      return 'gone';
    },
    async showOwn(_address, photos) {
      const ids = photos.map(({ photo }) => ({ platform: 'telegram', id: `own ${photo.who}` }) as const);
      if (photos.some(({ photo }) => photo.who === owning.refused)) return photos.map(() => undefined);
      own.push(photos.map(({ photo, caption }) => [photo.who, caption] as const));
      const outcome = await owning.meanwhile?.();
      for (const { id } of ids) posts.set(id, []);
      return outcome === 'unknown' ? undefined : ids;
    },
    async fetchPhoto(photo) {
      fetched.push(photo.who);
      await waits.photos?.();
      return Buffer.from(String(photo.who));
    },
    membership: async (_place, personId) => memberships.get(personId) ?? 'member',
    channelLink: (place, channel) => `https://chat.example/${place.id}/${channel}`,
    channelsThere: async (_place, among) => among.filter((channel) => !goneChannels.has(channel)),
    isAdmin: async (_place, personId) => admins.get(personId) ?? 'no',
    nameNow: (_place, personId) => names.get(personId),
    presence: async ({ id }) => presences.get(id),
    becameOf: async ({ id }) => moves.get(id),
  };
  return {
    courier,
    placeholders,
    memberships,
    /** Whether people are admins, by id. Missing people are not. */
    admins,
    /** The ids of channels that were deleted. */
    goneChannels,
    /** People's present names by id, as a membership call gives them. */
    names,
    /**
     * Whether the bot is in a group, by the place's id. The platform says nothing of missing
     * places.
     */
    presences,
    /** The place that a place became, as the platform tells it, by the old place's id. */
    moves,
    /** Every photo that was fetched, in order. */
    fetched,
    /** What the group was shown and still sees, by the id of the post. */
    posts,
    /** Albums of photos that were given back by reference, in order. */
    own,
    /**
     * `refused` names a photo: an album with it is refused. `meanwhile` runs after an album was
     * sent, and before the ids of its messages are given.
     */
    owning,
    /** What `begin` and `end` of each {@link Showing} gave, in order. */
    shows,
    /** Signs of progress, each with the message that shows it, in order. */
    progress,
    /** Runs before a photo is given, and before a sign of progress. */
    waits,
    /** Runs between a post and its note. */
    posting,
    /** `refusal` is given or thrown instead of deleting a post. */
    deleting,
    /** Receipts of consent, in order. */
    consented,
    shownAt: (message: unknown): Promise<readonly Reply[]> => {
      const now = shown.get(message);
      return now ? Promise.resolve(now.replies) : new Promise((resolve) => waiting.set(message, resolve));
    },
    timesAnswered: (message: unknown) => shown.get(message)?.times ?? 0,
  };
}
