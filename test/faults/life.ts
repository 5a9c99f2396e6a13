import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backup } from '../../src/app/backup.ts';
import { restore } from '../../src/app/restore.ts';
import { expirePlaceholders } from '../../src/chat/answering/expiry.ts';
import type { Reply } from '../../src/chat/reply.ts';
import type { Config } from '../../src/config.ts';
import type { Person, Place } from '../../src/consent/who.ts';
import { explained } from '../../src/explain/explained.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { ALICE, action, BOB, CLUB, openStage, TEAM } from '../chat/stage.ts';
import { broken, brokenAtTheEnd, dealFaces, IN_THE_END, isHeld, memberOf, named, templatesOf } from './promises.ts';

type Stage = Awaited<ReturnType<typeof openStage>>;

/** Longer than any step takes on any machine. */
const DEADLINE_MS = 240_000;

/**
 * The most tries of a step. Only one call fails in a life, so a step succeeds when it is repeated.
 */
const TRIES = 3;

const RETENTION_DAYS = 365;

const POLL_MS = 200;

/** What went wrong in a life. */
export interface Lived {
  /** Every refusal: the step, and the code of an answer or the sentence of an error. */
  readonly refused: string[];
  /** What happened although it must not. */
  readonly wrong: string[];
}

/** The stores of a life: see `openStage`. */
export interface Home {
  readonly env: NodeJS.ProcessEnv & { readonly STATE_DIR: string };
  readonly withStores?: (config: Config) => Config;
}

interface Step {
  readonly what: string;
  /** An action of a person, a platform or an operator. Gives what a person sees. */
  readonly act: () => Promise<readonly Reply[]>;
  /** Whether the stores show that the step is done, so that nobody must repeat it. */
  readonly isDone: () => Promise<boolean>;
}

/**
 * A short life. Two people enrol, one of them in two groups, and one finds the other. A backup is
 * made. Alice leaves one group, the program restarts, and she leaves everywhere. Then come a sweep
 * and a restore of the backup, and Alice enrols again. A step that fails is repeated, as people do.
 * In the end all must be as if nothing had failed.
 */
export class Life {
  readonly #home: Home;
  readonly #lived: Lived = { refused: [], wrong: [] };
  readonly #file: string;
  #stage: Stage | undefined;
  /** People who were told of their erasure and have not come back. No answer may name them. */
  readonly #left = new Set<string>();

  constructor(home: Home) {
    this.#home = home;
    this.#file = join(home.env.STATE_DIR, 'backup');
  }

  /**
   * Lives this life. It calls `begin` before the first step and `end` after the last one. Calls may
   * fail only between the two.
   */
  async live(begin: () => void, end: () => void): Promise<Lived> {
    begin();
    for (const step of this.#steps()) {
      await this.#take(step);
      if (this.#lived.wrong.length > 0) break;
    }
    end();
    if (this.#lived.wrong.length === 0)
      await this.#atTheEnd().catch((error) => this.#wrong('at the end', String(error)));
    await this.#stage?.[Symbol.asyncDispose]();
    return this.#lived;
  }

  #steps(): readonly Step[] {
    const enrol = (who: Person, place: Place, photo: string): Step => ({
      what: `${who.name} enrols in ${place.title}`,
      act: () => this.#agreed(who, 'enroll', photo, place),
      isDone: async () => (await templatesOf(this.#now, who, place)) === 1,
    });
    const forget = (who: Person, place: Place, nth: number, places: readonly Place[]): Step => ({
      what: `${who.name} leaves ${places.map(({ title }) => title).join(' and ')}`,
      act: () => this.#forget(who, place, nth),
      isDone: async () => (await Promise.all(places.map((one) => isHeld(this.#now, who, one)))).every((held) => !held),
    });
    const find = (place: Place, photo: string): Step => ({
      what: `Bob searches ${place.title}`,
      act: () => this.#agreed(BOB, 'find', photo, place),
      isDone: async () => (await named(this.#now, photo, place)) !== undefined,
    });
    const always = async () => true;
    return [
      { what: 'the start', act: () => this.#start(), isDone: async () => this.#stage !== undefined },
      enrol(ALICE, CLUB, 'anna'),
      enrol(ALICE, TEAM, 'anna'),
      enrol(BOB, CLUB, 'ben'),
      find(CLUB, 'anna,ben'),
      { what: 'the backup', act: () => this.#backup(), isDone: async () => existsSync(this.#file) },
      forget(ALICE, CLUB, 0, [CLUB]),
      { what: 'the restart', act: () => this.#restart(), isDone: always },
      forget(ALICE, TEAM, 1, [CLUB, TEAM]),
      { what: 'the sweep', act: () => this.#sweep(), isDone: always },
      { what: 'the restore', act: () => this.#restart(() => this.#restore()), isDone: always },
      find(CLUB, 'anna,ben'),
      enrol(ALICE, CLUB, 'anna'),
      forget(BOB, CLUB, 0, [CLUB]),
    ];
  }

  async #take({ what, act, isDone }: Step): Promise<void> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      try {
        const replies = await intime(what, act());
        const codes = replies.flatMap((reply) => (reply.kind === 'error' ? [reply.code] : []));
        for (const code of codes) {
          this.#lived.refused.push(`${what}: ${code}`);
          if (code === 'internal') this.#wrong(what, 'is answered by "internal"');
        }
        await this.#look(what);
        if (codes.length === 0 && (await isDone())) return;
      } catch (error) {
        const told = explained(error, this.#home.env.STATE_DIR);
        this.#lived.refused.push(`${what}: ${told?.message ?? String(error)}`);
        if (!told) this.#wrong(what, `fails without a sentence: ${error instanceof Error ? error.stack : error}`);
      }
      if (this.#lived.wrong.length > 0) return;
    }
    this.#wrong(what, `does not succeed in ${TRIES} tries: ${this.#lived.refused.join('; ')}`);
  }

  async #look(what: string): Promise<void> {
    for (const how of await broken(this.#now, this.#left)) this.#wrong(what, how);
  }

  async #atTheEnd(): Promise<void> {
    await this.#settled();
    for (const how of await brokenAtTheEnd(this.#now, IN_THE_END)) this.#wrong('at the end', how);
  }

  get #now(): Stage {
    if (!this.#stage) throw new Error('nothing was started');
    return this.#stage;
  }

  #wrong(what: string, how: string): void {
    this.#lived.wrong.push(`${what}: ${how}`);
  }

  async #start(): Promise<readonly Reply[]> {
    const { env, withStores } = this.#home;
    const stage = await openStage(env, 'group', withStores);
    dealFaces(stage);
    this.#stage = stage;
    await this.#comeUp();
    return [];
  }

  async #restart(meanwhile?: () => Promise<void>): Promise<readonly Reply[]> {
    await this.#now.restart({}, meanwhile);
    await this.#comeUp();
    return [];
  }

  /** Does what a start does; see src/app.ts. */
  async #comeUp(): Promise<void> {
    const { flow, parts, config } = this.#now;
    await expirePlaceholders(flow, () => config.stores.mode === 'embedded');
    await flow.eraser.resume(0);
    await flow.gallery.adoptPack();
    await upkeep(parts);
  }

  async #agreed(who: Person, command: string, photo: string, place: Place): Promise<readonly Reply[]> {
    const stage = this.#now;
    const more = { place, deadline: stage.tomorrow() };
    const replies = await stage.say(who, command, [photo], more);
    const shown = replies[0]?.kind === 'consent' ? await stage.press(who, action(replies, 'agree'), more) : replies;
    if (command === 'enroll' && shown[0]?.kind === 'enrolled') this.#left.delete(memberOf(who.name, place));
    // After a refusal the person tries again. If the first try did enrol them, the second may fail.
    return shown[0]?.kind === 'error' && (await this.#isHeldAlready(who, command, place)) ? [] : shown;
  }

  async #isHeldAlready(who: Person, command: string, place: Place): Promise<boolean> {
    return command === 'enroll' && this.#lived.refused.length > 0 && (await templatesOf(this.#now, who, place)) === 1;
  }

  async #forget(who: Person, place: Place, nth: number): Promise<readonly Reply[]> {
    const stage = this.#now;
    const more = { place, deadline: stage.tomorrow() };
    const replies = await stage.say(who, 'forget', [], more);
    if (replies[0]?.kind !== 'confirm') return replies;
    const offers = replies[0].actions.filter(({ role }) => role === 'confirm');
    const shown = await stage.press(who, offers[nth] ?? action(replies, 'confirm'), more);
    if (shown.some(({ kind }) => kind === 'error')) return shown;
    for (const one of nth === 0 ? [place] : [CLUB, TEAM]) this.#left.add(memberOf(who.name, one));
    await this.#look(`${who.name} leaves`);
    await this.#settled();
    return shown;
  }

  async #backup(): Promise<readonly Reply[]> {
    if (existsSync(this.#file)) await rm(this.#file);
    await backup(this.#now.config, this.#file).catch((error) => {
      if (existsSync(this.#file)) this.#wrong('the backup', 'leaves a file that is none');
      throw error;
    });
    return [];
  }

  async #restore(): Promise<void> {
    await restore(this.#now.config, this.#file, { journalLost: false });
  }

  async #sweep(): Promise<readonly Reply[]> {
    await sweep(this.#now.parts, RETENTION_DAYS);
    return [];
  }

  /** Waits until no erasure is unfinished. */
  async #settled(): Promise<void> {
    const { parts, flow } = this.#now;
    await flow.eraser.resume(0);
    for (const until = Date.now() + DEADLINE_MS; ; await sleep(POLL_MS)) {
      const { waiting, running } = await parts.stores.queue.state();
      if (waiting + running + (await flow.eraser.unfinished()).count === 0) return;
      if (Date.now() > until) throw new Error('an erasure does not end');
    }
  }
}

/** @throws when the work takes so long that somebody would wait in vain */
async function intime<T>(what: string, work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(DEADLINE_MS);
  const waited = Promise.withResolvers<never>();
  late.onabort = () => waited.reject(new Error(`${what}: no answer within ${DEADLINE_MS} ms`));
  return await Promise.race([work, waited.promise]);
}
