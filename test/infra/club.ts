import { expect, vi } from 'vitest';
import type { RunningElasticsearch } from '../../infra/services/elasticsearch.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { answerTo } from '../bots/telegram/driver.ts';
import { samples } from '../bots/telegram/photos.ts';
import { type Account, type People, peopleOf } from '../bots/telegram/platform/people.ts';
import { type BotApi, startBotApi } from '../bots/telegram/platform/server.ts';
import type { Group, Posted } from '../bots/telegram/platform/world.ts';
import { faceProcessesOf } from '../support/face-processes.ts';
import { end, type Part, type WithoutDocker, withoutDocker } from './without-docker.ts';

/**
 * A group on a loopback Telegram, served by the bot and workers of docker-compose.yml as processes
 * of this machine.
 */
export interface Club extends AsyncDisposable {
  readonly telegram: BotApi;
  readonly people: People;
  readonly production: WithoutDocker;
  /** Where the next members join. A test may found another group, with other people. */
  group: Group;
  readonly photos: Awaited<ReturnType<typeof samples>>;
  /** The running bot. A test that ends one puts the next here. */
  bot: Part;
  worker: Part;
  /** Lets a person join the group and open the bot's private chat. */
  readonly joins: (name: string) => Promise<Account>;
  /**
   * Does the action, and gives the one message with which the bot answers it, once it is no
   * placeholder.
   */
  readonly answer: (person: Account, act: () => unknown) => Promise<Posted>;
  /** Sends a command in the group that continues in private. Gives what is shown there. */
  readonly inPrivate: (person: Account, command: 'enroll' | 'forget' | 'mydata') => Promise<Posted>;
  /** Begins an enrolment. Gives the notice that answers the selfie. */
  readonly offersSelfie: (person: Account, selfie: Uint8Array) => Promise<Posted>;
  /** A whole enrolment, with consent. Gives its answer. */
  readonly enrols: (person: Account, selfie: Uint8Array) => Promise<Posted>;
  readonly finds: (person: Account, photo: Uint8Array) => Promise<Posted>;
  /** A first search, in which the person agrees to the notice. */
  readonly agreesToSearch: (person: Account) => Promise<Posted>;
  /**
   * Lets the person search, and calls `trouble` while the search runs. Gives all messages that the
   * search shows in the end.
   */
  readonly findsThrough: (person: Account, trouble: () => Promise<void>) => Promise<string[]>;
  /** Resolves when at least this many asks are running. */
  readonly untilUnderWay: (asks: number) => Promise<void>;
  /** Resolves when at least this many asks run or wait. */
  readonly untilQueued: (asks: number) => Promise<void>;
  /** Resolves when no ask waits or runs: an answer is visible a moment before its job ends. */
  readonly untilIdle: () => Promise<void>;
  /**
   * Waits until no ask runs, and kills these parts (`kill -9`). If a part were killed right after
   * an answer, another part would give the answer once more.
   */
  readonly endsIdle: (...parts: readonly Part[]) => Promise<void>;
}

export interface ClubOptions {
  /** The services' processes; see {@link withoutDocker}. */
  readonly launch?: Parameters<typeof withoutDocker>[0]['launch'];
  /**
   * Settings for one process that does everything. Without them there are a bot and a worker of
   * production.
   */
  readonly alone?: NodeJS.ProcessEnv;
}

/** Opens a club whose files are all below `root`. It has no members yet. */
export async function openClub(
  root: string,
  elasticsearch: RunningElasticsearch,
  { launch, alone }: ClubOptions = {},
): Promise<Club> {
  const telegram = await startBotApi();
  const production = await withoutDocker({
    root,
    elasticsearch,
    secrets: { telegram_token: telegram.token },
    env: { TELEGRAM_API_URL: telegram.url, CONTACT: 'Chess club board, board@example.org' },
    ...(launch && { launch }),
  });
  const people = peopleOf(telegram);

  async function answer(person: Account, act: () => unknown): Promise<Posted> {
    const [message, ...others] = await answerTo(telegram, person, act);
    expect(others).toEqual([]);
    if (!message) throw new Error('no answer');
    return message;
  }

  async function untilQueue(isAsWanted: (active: number, waiting: number) => boolean): Promise<void> {
    const redis = connect({ url: production.redisUrl }, 'patient', () => {});
    const length = (list: string) => redis.llen(`{facefinder}:ask:${list}`);
    const look = async () =>
      expect(await Promise.all(['active', 'wait'].map(length))).toSatisfy(([a, w]) => isAsWanted(a, w));
    // This may take long: only after 30 s does a worker get the jobs of a killed worker.
    await vi.waitFor(look, { timeout: 240_000, interval: 1 });
    redis.disconnect();
  }

  // Both start together, because a bot is healthy only once a worker handles its asks.
  const [bot, worker] = await Promise.all([
    production.start('bot', alone),
    alone ? undefined : production.start('worker'),
  ]);
  const club: Club = {
    telegram,
    people,
    production,
    group: people.group('Chess club', []),
    photos: await samples(),
    bot,
    worker: worker ?? bot,
    answer,
    untilUnderWay: (asks) => untilQueue((active) => active >= asks),
    untilQueued: (asks) => untilQueue((active, waiting) => active + waiting >= asks),
    untilIdle: () => untilQueue((active, waiting) => active + waiting === 0),

    async endsIdle(...parts) {
      await club.untilIdle();
      for (const { child } of parts) await end(child);
    },

    async joins(name) {
      const person = people.person(name);
      club.group.members.set(person.id, 'member');
      await answer(person, () => person.says('/start'));
      return person;
    },

    inPrivate: (person, command) => answer(person, () => person.saysIn(club.group, `/${command}`)),

    async offersSelfie(person, selfie) {
      await club.inPrivate(person, 'enroll');
      return await answer(person, () => person.says('', { photos: [selfie] }));
    },

    async enrols(person, selfie) {
      const notice = await club.offersSelfie(person, selfie);
      return await answer(person, () => person.presses(notice, 'agree'));
    },

    finds: (person, photo) => answer(person, () => person.saysIn(club.group, '/find', { photos: [photo] })),

    async agreesToSearch(person) {
      const notice = await club.finds(person, club.photos.group);
      return await answer(person, () => person.presses(notice, 'agree'));
    },

    async findsThrough(person, trouble) {
      await club.untilIdle();
      const before = person.inbox().length;
      person.saysIn(club.group, '/find', { photos: [club.photos.group] });
      await club.untilUnderWay(1);
      await trouble();
      await vi.waitFor(() => expect(textOf(person.inbox().at(-1))).toMatch(/distance/), {
        timeout: 240_000,
        interval: 100,
      });
      return person.inbox().slice(before).map(textOf);
    },

    async [Symbol.asyncDispose]() {
      telegram.updates.stop();
      await production[Symbol.asyncDispose]();
      await telegram[Symbol.asyncDispose]();
    },
  };
  return club;
}

/** The children of a worker, which look at photos for it. */
export function decodersOf({ child }: Part): number[] {
  return faceProcessesOf(Number(child.pid));
}

/** A message's text or caption, without the invisible signs U+2060. */
export function textOf(message: Posted | undefined): string {
  return (message?.caption ?? message?.text ?? '').replaceAll('\u2060', '');
}
