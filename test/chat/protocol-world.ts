import {
  type AnswerState,
  delivered,
  isOver,
  looked,
  mayTell,
  SPEAKING_MS,
  type Speaker,
  turn,
  type Waiting,
} from '../../src/chat/answering/protocol.ts';
import { ANSWER_MS } from '../../src/chat/courier.ts';

/**
 * How long a tick is. Nothing happens within it. It is longer than a sign of progress may take, and
 * shorter than an answer may take.
 */
const TICK_MS = 15_000;
const DEADLINE_MS = TICK_MS;
/** A time after the deadline, at which the last speaker counts as dead. */
const LAST_TICK = 5;

/** The bot takes four steps: it reads, takes its turn, tells, and notes that it told. */
const BOT_STEPS = 4;

/** The world of one update: its shelf, its job, who works on it, and what its person saw. */
export interface World {
  readonly tick: number;
  readonly shelf: AnswerState;
  readonly job: 'never' | 'waits' | 'runs' | 'done';
  /** What may still happen: deliveries, crashes, signs of progress, tries of the job. */
  readonly left: {
    readonly deliveries: number;
    readonly crashes: number;
    readonly progress: number;
    readonly tries: number;
  };
  readonly delivery?: { readonly read: AnswerState } | undefined;
  readonly worker?:
    | { readonly at: 'work' | 'wait'; readonly early: AnswerState }
    | { readonly at: 'speak' | 'shown'; readonly until: number }
    | undefined;
  readonly bot?:
    | { readonly at: 'look'; readonly read: AnswerState }
    | { readonly at: 'tell' | 'told'; readonly until: number }
    | undefined;
  readonly progress?:
    | { readonly at: 'look'; readonly read: AnswerState }
    | { readonly at: 'say' | 'said'; readonly until: number }
    | undefined;
  readonly seen: {
    readonly results: number;
    readonly overs: number;
    readonly last: 'nothing' | 'progress' | 'result' | 'over';
  };
  /**
   * Whether an answer was seen but not noted, because its speaker died, or used up its time, before
   * the note. Then nobody can know that it was seen.
   */
  readonly isUnknown: boolean;
}

export const BEGINNING: World = {
  tick: 0,
  shelf: undefined,
  job: 'never',
  left: { deliveries: 2, crashes: 1, progress: 1, tries: 1 },
  seen: { results: 0, overs: 0, last: 'nothing' },
  isUnknown: false,
};

const now = ({ tick }: World) => tick * TICK_MS;
const same = (one: AnswerState, other: AnswerState) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Takes the turn if the shelf is still as it was read. Gives the world after that, and until when
 * the turn lasts. `wait`: another speaker has the turn. `no`: there is nothing to say, or the shelf
 * changed.
 */
function taken(
  world: World,
  read: AnswerState,
  who: Speaker,
): { readonly world: World; readonly until: number } | 'no' | 'wait' {
  const may = turn(read, who, now(world));
  if (may === 'wait') return 'wait';
  if (may === 'silent' || !same(read, world.shelf)) return 'no';
  const shelf: AnswerState = { ...(read as Waiting), speaking: may.speaking };
  return { world: { ...world, shelf }, until: may.speaking.until };
}

/** Whether an answer can still be shown in time. If it cannot, it is not shown. */
const isInTime = (world: World, until: number) => now(world) <= until - SPEAKING_MS + ANSWER_MS;

function deliver(world: World): World[] {
  const { delivery, left, shelf, job } = world;
  if (!delivery) {
    if (left.deliveries === 0) return [];
    return [{ ...world, left: { ...left, deliveries: left.deliveries - 1 }, delivery: { read: shelf } }];
  }
  const { delivery: _, ...rest } = world;
  // The queue does not add a job that it had before.
  if (delivered(delivery.read) !== 'take in' || job !== 'never') return [rest];
  return [{ ...rest, job: 'waits', shelf: shelf ?? { isAddressed: true, hasReceipts: false } }];
}

function work(world: World): World[] {
  const { worker, job, shelf, left, seen } = world;
  const ended = (how: Partial<World> = {}): World => {
    const { worker: _, ...rest } = world;
    return { ...rest, job: 'done', ...how };
  };
  const again = (): World =>
    left.tries > 0 ? ended({ job: 'waits', left: { ...left, tries: left.tries - 1 } }) : ended();
  if (!worker) return job === 'waits' ? [{ ...world, job: 'runs', worker: { at: 'work', early: shelf } }] : [];
  if (worker.at === 'shown') return [ended({ shelf: 'answered' })];
  if (worker.at === 'speak') {
    if (!isInTime(world, worker.until)) return [again()];
    const shown = { ...seen, results: seen.results + 1, last: 'result' as const };
    return [{ ...world, worker: { ...worker, at: 'shown' }, seen: shown }, again()];
  }
  if (worker.at === 'work' && now(world) >= DEADLINE_MS) return [ended()];
  const read = worker.at === 'work' ? worker.early : shelf;
  const took = taken(world, read, 'worker');
  if (typeof took === 'object') return [{ ...took.world, worker: { at: 'speak', until: took.until } }];
  if (worker.at === 'work') return [{ ...world, worker: { at: 'wait', early: undefined } }];
  return took === 'wait' ? [] : [ended()];
}

function look(world: World): World[] {
  const { bot, shelf, seen } = world;
  const { bot: _, ...rest } = world;
  if (!bot) return shelf === undefined ? [] : [{ ...world, bot: { at: 'look', read: shelf } }];
  if (bot.at === 'told') return [{ ...rest, shelf: isOver(DEADLINE_MS, now(world)) ? undefined : 'answered' }];
  if (bot.at === 'tell') {
    if (!isInTime(world, bot.until)) return [rest];
    return [{ ...world, bot: { ...bot, at: 'told' }, seen: { ...seen, overs: seen.overs + 1, last: 'over' } }];
  }
  if (bot.at !== 'look') return [];
  const does = looked(bot.read, { deadline: DEADLINE_MS, isOrphan: false }, now(world));
  if (does === 'leave') return [rest];
  if (does === 'forget') return [{ ...rest, shelf: undefined }];
  const took = taken(world, bot.read, 'bot');
  return typeof took === 'object' ? [{ ...took.world, bot: { at: 'tell', until: took.until } }] : [rest];
}

function progress(world: World): World[] {
  const { progress: one, left, shelf, seen } = world;
  const { progress: _, ...rest } = world;
  if (!one) {
    if (left.progress === 0 || typeof shelf !== 'object') return [];
    return [{ ...world, left: { ...left, progress: left.progress - 1 }, progress: { at: 'look', read: shelf } }];
  }
  if (one.at === 'look') {
    const took = taken(world, one.read, 'progress');
    return typeof took === 'object' ? [{ ...took.world, progress: { at: 'say', until: took.until } }] : [rest];
  }
  if (one.at === 'say') {
    const silent: World = { ...world, progress: { ...one, at: 'said' } };
    return mayTell({ who: 'progress', until: one.until }, now(world))
      ? [{ ...silent, seen: { ...seen, last: 'progress' } }]
      : [silent];
  }
  const isMine = typeof shelf === 'object' && shelf.speaking?.who === 'progress';
  return [{ ...rest, shelf: isMine ? { isAddressed: true, hasReceipts: false } : shelf }];
}

/** A process ends with everything it does. Another process gets its job. */
function crash(world: World): World[] {
  const { left } = world;
  if (left.crashes === 0) return [];
  const spent = { ...world, left: { ...left, crashes: left.crashes - 1 } };
  const ended: World[] = [];
  if (world.worker) {
    const { worker, ...rest } = spent;
    ended.push({ ...rest, job: 'waits', isUnknown: rest.isUnknown || worker?.at === 'shown' });
  }
  if (world.bot || world.delivery || world.progress) {
    const { bot, delivery: _, progress: __, ...rest } = spent;
    ended.push({ ...rest, isUnknown: rest.isUnknown || bot?.at === 'told' });
  }
  return ended;
}

/** Lets a tick pass. A speaker who has not noted their answer in time counts as dead. */
function passed({ tick, ...world }: World): World {
  const later: World = { ...world, tick: tick + 1 };
  const { worker, bot, isUnknown } = later;
  const isSlow = [worker, bot].some((one) => (one?.at === 'shown' || one?.at === 'told') && one.until <= now(later));
  return { ...later, isUnknown: isUnknown || isSlow };
}

/** What may come next without a crash: a participant takes a step, or time passes. */
function steps(world: World): World[] {
  const clock = world.tick < LAST_TICK ? [passed(world)] : [];
  return [...deliver(world), ...work(world), ...look(world), ...progress(world), ...clock];
}

/** Whether nothing comes any more, except that the bot looks again. */
export function isQuiet({ tick, delivery, worker, progress: telling, job, bot }: World): boolean {
  return tick === LAST_TICK && !delivery && !worker && !telling && !bot && job !== 'waits' && job !== 'never';
}

/** A quiet world, after the last speakers have used up their time and the bot has looked. */
export function later(world: World): World {
  let after: World = { ...world, tick: LAST_TICK + SPEAKING_MS / TICK_MS };
  for (let looks = 0; looks < 2 * BOT_STEPS; looks += 1) after = look(after)[0] ?? after;
  return after;
}

/** All that may come next. */
export function next(world: World): World[] {
  return [...steps(world), ...crash(world)];
}
