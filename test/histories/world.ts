import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { backup } from '../../src/app/backup.ts';
import { restore } from '../../src/app/restore.ts';
import { expirePlaceholders } from '../../src/chat/answering/expiry.ts';
import type { Reply } from '../../src/chat/reply.ts';
import { DAY_MS } from '../../src/consent/sweep.ts';
import type { Person, Place } from '../../src/consent/who.ts';
import { TOMBSTONE_RETENTION_MS } from '../../src/gallery/erasure.ts';
import { joinMoved } from '../../src/housekeeping/moved.ts';
import { sweep } from '../../src/housekeeping/sweep.ts';
import { upkeep } from '../../src/housekeeping/upkeep.ts';
import { action, openStage } from '../chat/stage.ts';
import { gestureAsked } from '../support/gestures.ts';
import type { Ground } from './grounds.ts';
import { keyOf, RETENTION_DAYS } from './model.ts';
import { type Deed, embeddingsOf, GROUPS, PEOPLE, photosOf } from './steps.ts';
import { type Told, told } from './told.ts';
import { Updates } from './updates.ts';

type Of<What extends Deed['do']> = Extract<Deed, { do: What }>;
type Stage = Awaited<ReturnType<typeof openStage>>;

/** People, groups and a facefinder over real stores, in which a history happens. */
export class World {
  readonly stage: Stage;
  readonly people = Array.from({ length: PEOPLE }, (_, n): Person => {
    return { platform: 'telegram', id: `86420${n}0007531`, name: `Person of number ${n}` };
  });
  readonly #cut: Ground['cut'];
  readonly #setClock: Ground['setClock'];
  /** The places of each group, the present one first. */
  readonly #places: Place[][] = [];
  #ids = 0;
  readonly #gone = new Set<string>();
  readonly #updates = new Updates();
  readonly #begun: number;
  readonly #file: string;
  #backedUpAt = 0;
  /** The latest time that the clock has told. */
  #latest: number;
  /** How often the program was restarted. Work that began before a restart does not go on. */
  #starts = 0;

  static async open({ env, withStores, ...ground }: Ground): Promise<World> {
    return new World(await openStage({ FINDS_PER_HOUR: '10000', ...env }, 'group', withStores), env.STATE_DIR, ground);
  }

  private constructor(stage: Stage, folder: string, { cut, setClock }: Pick<Ground, 'cut' | 'setClock'>) {
    this.stage = stage;
    this.#cut = cut;
    this.#setClock = setClock;
    this.#begun = stage.clock.ms;
    this.#latest = stage.clock.ms;
    this.#file = join(folder, 'backup');
    for (let group = 0; group < GROUPS; group++) this.#places.push([this.#newPlace(group)]);
    const { dims } = stage.parts.recognition;
    for (let who = 0; who < PEOPLE; who++) {
      for (const [photo, embedding] of embeddingsOf(who, dims)) stage.embeddings.set(photo, embedding);
    }
    stage.platform.courier.membership = async (place, id) => {
      const group = this.#places.findIndex((known) => known.some((one) => one.id === place.id));
      return this.#gone.has(keyOf(this.whoIs(id), group)) ? 'gone' : 'member';
    };
  }

  placeOf(group: number): Place {
    return this.#places[group]?.[0] ?? this.#newPlace(group);
  }

  whoIs(id: string): number {
    return this.people.findIndex((person) => person.id === id);
  }

  /** Does a deed, as people, platforms and operators do it. */
  async perform(deed: Deed): Promise<Told> {
    switch (deed.do) {
      case 'enrol':
        return told(await this.#enrol(deed, this.placeOf(deed.group)));
      case 'find':
        return told(await this.#untilAgreed(deed, 'find', deed.photos.join(','), this.placeOf(deed.group)));
      case 'forget':
        return told(await this.#forget(deed));
      case 'leave':
        this.#gone.add(keyOf(deed.who, deed.group));
        if (deed.isHeard) await this.stage.chat.left(this.placeOf(deed.group), this.#person(deed.who));
        break;
      case 'join':
        this.#gone.delete(keyOf(deed.who, deed.group));
        break;
      case 'decide':
        await this.#decide(deed);
        break;
      case 'remove':
        await this.stage.chat.removed(this.placeOf(deed.group));
        break;
      case 'move':
        await this.#move(deed);
        break;
      case 'sweep':
        await sweep(this.stage.parts, RETENTION_DAYS);
    }
    return told([]);
  }

  /** Does a deed again after an interruption. Of a move, only the platform's report comes again. */
  async again(deed: Deed): Promise<void> {
    if (deed.do !== 'move') return void (await this.perform(deed));
    const [fresh, old] = this.#places[deed.group] ?? [];
    if (fresh && old) await this.stage.chat.moved(old, fresh);
  }

  /**
   * Does a deed while all writes from number `write` on fail. Undefined if that ended the program.
   * Then the clock jumps by `days` before the next start.
   */
  async crash(write: number, during: Deed, days: number): Promise<Told | undefined> {
    const newest = this.#updates.at(0);
    const fallen = Promise.withResolvers<undefined>();
    const lift = this.#cut(write, () => fallen.resolve(undefined));
    const done = this.perform(during);
    // If the cut comes first, nobody waits for the deed any more, and its failure is expected.
    done.catch(() => undefined);
    const shown = await Promise.race([fallen.promise, done]);
    if (shown) lift();
    else {
      this.#updates.interrupted(during, newest);
      await this.restart(async () => {
        lift();
        this.jump(days);
      });
    }
    return shown;
  }

  /**
   * Delivers an update once more. Gives its deed if a crash interrupted it: it may be done now.
   */
  async replay(back: number): Promise<Deed | undefined> {
    const update = this.#updates.at(back);
    if (!update) return undefined;
    const interrupted = this.#updates.takeInterrupted(update);
    await this.#unlessOver(() =>
      'ask' in update ? this.stage.chat.ask(update.ask) : this.stage.chat.press(update.press),
    );
    await this.settled();
    return interrupted;
  }

  /** Moves the clocks of the stage and of its stores by `days`, never before the first day. */
  jump(days: number): void {
    const { clock } = this.stage;
    clock.ms = Math.max(this.#begun, clock.ms + days * DAY_MS);
    this.#latest = Math.max(this.#latest, clock.ms);
    this.#setClock?.(clock.ms);
  }

  async backup(): Promise<void> {
    await rm(this.#file, { force: true });
    this.#backedUpAt = this.stage.clock.ms;
    // A backup reads the machine's clock, not the stage's.
    vi.useFakeTimers({ toFake: ['Date'], now: this.#backedUpAt });
    await backup(this.stage.config, this.#file).finally(() => vi.useRealTimers());
  }

  /** False when there is no backup, or when its restore is or may be refused. */
  async restore(isLost: boolean): Promise<boolean> {
    if (!existsSync(this.#file)) return false;
    const { clock, config, dataDir } = this.stage;
    const isOld = this.#backedUpAt < clock.ms - TOMBSTONE_RETENTION_MS;
    // While the clock was ahead, the journal may have forgotten erasures that came after the
    // backup. test/backup/missed.test.ts tries that.
    if (!isOld && this.#backedUpAt < this.#latest - TOMBSTONE_RETENTION_MS) return false;
    await this.restart(async () => {
      if (isLost && !isOld) await rm(dataDir, { recursive: true });
      const restored = restore(config, this.#file, { journalLost: false, now: clock.ms });
      await (isOld ? expect(restored).rejects.toThrow('older than 180 days') : restored);
    });
    return !isOld;
  }

  /** Ends the program, does `meanwhile`, and starts it again with the steps of `src/app.ts`. */
  async restart(meanwhile?: () => Promise<void>): Promise<void> {
    this.#starts += 1;
    await this.stage.restart({}, meanwhile);
    const { flow, parts, config } = this.stage;
    await expirePlaceholders(flow, () => config.stores.mode === 'embedded');
    await flow.eraser.resume(0);
    await joinMoved(parts);
    await flow.gallery.adoptPack();
    await upkeep(parts);
    await this.settled();
  }

  /** Resolves once nothing runs and no erasure is unfinished. */
  async settled(): Promise<void> {
    const { queue } = this.stage.parts.stores;
    const left = async () => {
      const [{ waiting, running }, { count }] = [await queue.state(), await this.stage.flow.eraser.unfinished()];
      return waiting + running + count;
    };
    await expect.poll(left, { interval: 5, timeout: 600_000 }).toBe(0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stage[Symbol.asyncDispose]();
  }

  #person(who: number): Person {
    const person = this.people[who];
    if (!person) throw new Error(`there is no person ${who}`);
    return person;
  }

  #newPlace(group: number): Place {
    this.#ids += 1;
    return { platform: 'telegram', id: `-97531${this.#ids}86420`, title: `Group ${group}` };
  }

  /** Gives the result of `work`. Never settles when the program was restarted meanwhile. */
  async #unlessOver<T>(work: () => Promise<T>): Promise<T> {
    const starts = this.#starts;
    const done = await work();
    return starts === this.#starts ? done : await new Promise<T>(() => {});
  }

  #say(who: number, command: string, photos: readonly string[], place: Place): Promise<readonly Reply[]> {
    const ask = this.stage.ask(this.#person(who), command, photos, { place, deadline: this.stage.tomorrow() });
    this.#updates.note({ ask });
    return this.#unlessOver(async () => {
      await this.stage.chat.ask(ask);
      return await this.stage.platform.shownAt(ask.address.message);
    });
  }

  #press(who: number, button: { readonly id: string }, place: Place): Promise<readonly Reply[]> {
    const press = this.stage.pressOf(this.#person(who), button, { place, deadline: this.stage.tomorrow() });
    this.#updates.note({ press });
    return this.#unlessOver(async () => {
      await this.stage.chat.press(press);
      return await this.stage.platform.shownAt(press.address.message);
    });
  }

  async #untilAgreed(
    { who, answer }: Pick<Of<'enrol'>, 'who' | 'answer'>,
    command: string,
    photo: string,
    place: Place,
  ): Promise<readonly Reply[]> {
    const replies = await this.#say(who, command, [photo], place);
    if (replies[0]?.kind !== 'consent') return replies;
    const isShown = answer === 'shown';
    const button = answer === 'decline' ? action(replies, 'decline') : action(replies, 'agree', isShown ? 1 : 0);
    return await this.#press(who, button, place);
  }

  async #enrol(deed: Pick<Of<'enrol'>, 'who' | 'answer' | 'photo' | 'dispute'>, place: Place) {
    const replies = await this.#untilAgreed(deed, 'enroll', deed.photo, place);
    const [reply] = replies;
    if (!deed.dispute || reply?.kind !== 'error' || reply.code !== 'face_taken') return replies;
    const asked = await this.#press(deed.who, action(replies, 'confirm'), place);
    const gesture = gestureAsked(asked);
    return gesture ? await this.#say(deed.who, 'enroll', [`${deed.photo}^${gesture}`], place) : asked;
  }

  async #forget({ who, group, where }: Of<'forget'>): Promise<readonly Reply[]> {
    const place = this.placeOf(group);
    const replies = await this.#say(who, 'forget', [], place);
    const [reply] = replies;
    if (reply?.kind !== 'confirm') return replies;
    const offered = (choice: string) => reply.actions.find(({ id }) => id.endsWith(`:${choice}`));
    const chosen = offered(where) ?? (where === 'everywhere' ? offered('here') : offered('cancel'));
    return chosen ? await this.#press(who, chosen, place) : replies;
  }

  async #decide({ who, group }: Of<'decide'>): Promise<void> {
    const { gallery } = this.stage.flow;
    const scope = await gallery.scopeOf(this.placeOf(group));
    if (scope) await gallery.decide(scope, this.#person(who), this.stage.clock.ms);
  }

  async #move({ group, early }: Of<'move'>): Promise<void> {
    const old = this.placeOf(group);
    const fresh = this.#newPlace(group);
    this.#places[group]?.unshift(fresh);
    for (const who of early) {
      await this.#enrol({ who, photo: photosOf(who)[0] ?? '', answer: 'agree', dispute: false }, fresh);
    }
    this.stage.platform.moves.set(old.id, fresh);
    await this.stage.chat.moved(old, fresh);
  }
}
