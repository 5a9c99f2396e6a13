import { seeded } from '../../src/evaluate/seeded.ts';
import type { Patience, Wait } from '../support/patience.ts';
import { type Album, drawnAlbum, photographs } from './album.ts';
import type { Booth, Coming, Post, Shown } from './booth.ts';
import { questionOf } from './buttons.ts';
import type { Acted, Deed, Question } from './deed.ts';
import { discordBooth } from './discord.ts';
import type { Asked, Expected } from './expected.ts';
import type { Photo } from './faces.ts';
import { judgeShown } from './groups.ts';
import { announcesReceipt, textOf, withoutFinal, wrongWith } from './judge.ts';
import { Ledger } from './ledger.ts';
import { byNets } from './nets.ts';
import { pageBooth } from './page.ts';
import { type Program, startProgram } from './program.ts';
import { remember } from './remember.ts';
import { peopleOf, type Somebody } from './somebody.ts';
import { telegramBooth } from './telegram.ts';
import { claimsIn } from './texts.ts';

interface Options {
  readonly size: number;
  readonly random: () => number;
  readonly asksGestures: boolean;
  readonly hasNets: boolean;
  readonly photoOf: Album;
  readonly patience: Patience;
}

/** The share of programs in which everybody who enrols must show a gesture. */
const SHOWING_GESTURES = 0.3;

/** A program with its people, and everything that is known of what happened there. */
export class World implements AsyncDisposable {
  readonly ledger: Ledger;
  /** The admins of groups, as `who in group`. */
  readonly admins = new Set<string>();
  readonly people: readonly Somebody[];
  readonly questions = new Map<string, Question>();
  readonly program: Program;
  readonly random: () => number;
  readonly photoOf: Album;
  readonly hasNets: boolean;
  readonly patience: Patience;
  readonly waits: Wait[] = [];
  /** Keys of all sentences that were said. */
  readonly claimed = new Set<string>();
  readonly #story: { readonly who: number | undefined; readonly what: string }[] = [];
  /** People who wrote to the bot on Telegram, and can get answers there. */
  readonly started = new Set<number>();
  starts = 1;
  readonly #retired = new Set<number>();
  /** People whose erasure announced a final receipt. It may come beside any later answer. */
  readonly #announced = new Set<number>();
  readonly #booths: Readonly<Record<Somebody['platform'], Booth>>;

  /** Opens a world with the default pack and a folder of photographs, or with drawn photos. */
  static async open(size: number, seed: number, patience: Patience, folder?: string): Promise<World> {
    const random = seeded(seed);
    const hasNets = folder !== undefined;
    const asksGestures = random() < SHOWING_GESTURES && !hasNets;
    const env = { ENROL_PROOF: asksGestures ? 'gesture' : 'none' };
    const photoOf = hasNets ? await photographs(folder, random) : drawnAlbum;
    const program = await startProgram({ hasNets, env });
    return new World(program, { size, random, asksGestures, hasNets, photoOf, patience });
  }

  private constructor(program: Program, { size, random, asksGestures, hasNets, photoOf, patience }: Options) {
    this.program = program;
    this.random = random;
    this.photoOf = photoOf;
    this.patience = patience;
    this.hasNets = hasNets;
    const admins = {
      isAdmin: (ask: Asked) => this.#isAdmin(ask),
      isAlone: (who: number) => this.people[who]?.platform === 'page',
    };
    this.ledger = new Ledger((who) => this.#lose(who), admins, asksGestures);
    this.#booths = { telegram: telegramBooth(program), discord: discordBooth(program), page: pageBooth(program) };
    this.people = peopleOf(size, random, hasNets ? Math.floor(random() * 4) : 0);
    for (const { who, name, language, platform, groups } of this.people) {
      // The first member of a group is its admin.
      const admin = groups.filter((group) => !this.ledger.members[group]);
      for (const group of admin) this.admins.add(`${who} in ${group}`);
      this.#booths[platform].join(who, name, language, groups, admin);
      for (const group of groups) this.ledger.members[group] = (this.ledger.members[group] ?? new Set()).add(who);
    }
  }

  /**
   * Whether the bot takes the asker for an admin. On the page everybody is one. On Discord,
   * somebody who asks from outside the group is none.
   */
  #isAdmin({ who, group, isOutside }: Asked): boolean {
    const platform = this.people[who]?.platform;
    if (platform === 'page') return true;
    return this.admins.has(`${who} in ${group}`) && !(platform === 'discord' && isOutside);
  }

  boothOf({ platform }: Somebody): Booth {
    return this.#booths[platform];
  }

  /** The messages of results that a group sees. */
  postsIn(group: number): readonly Post[] {
    const somebody = this.people.find(({ groups }) => groups.includes(group));
    return (somebody && this.boothOf(somebody).posts?.(group)) ?? [];
  }

  one<T>(all: readonly T[]): T {
    const chosen = all[Math.floor(this.random() * all.length)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** The photo as it is sent now: it notes how often the program has started. */
  sent(photo: Photo): Photo {
    return { ...photo, starts: this.starts };
  }

  tell(what: string, who?: number): void {
    this.#story.push({ who, what });
  }

  #storyOf(who: number): string {
    const mine = this.#story.filter((one) => one.who === who || one.who === undefined);
    return mine
      .slice(-30)
      .map(({ what }) => what)
      .join('\n');
  }

  /**
   * Starts all these deeds at once, and compares what comes with what must come. The people of
   * these deeds share no group.
   */
  async play(deeds: readonly Deed[]): Promise<void> {
    const acted = this.act(deeds);
    const waits = await Promise.all(acted.map((one) => this.comes(one)));
    for (const [index, wait] of waits.entries()) this.#judgeWait(acted[index], wait);
    await this.judgeAll(acted);
  }

  /** Judges the answers of deeds that have begun. */
  async judgeAll(acted: readonly Acted[]): Promise<void> {
    await this.program.idle();
    for (const { deed, coming } of acted) {
      const shown = this.judge(deed, coming, deed.expected);
      remember(this, deed, shown);
      judgeShown(this, deed, shown);
      if (deed.isRepeated && coming.repeat) await this.#repeat(deed, coming);
      if (deed.onward) await this.play([deed.onward(shown)]);
    }
  }

  act(deeds: readonly Deed[]): Acted[] {
    return deeds.map((deed) => {
      const { name, who, platform, language } = deed.person;
      this.tell(`${name} (${platform}, ${language}) ${deed.told}`, who);
      return { deed, coming: deed.act() };
    });
  }

  /** Resolves when an answer begins. Gives how long that took. */
  async comes({ deed, coming }: Acted): Promise<Wait> {
    const began = coming.first.then(
      () => undefined,
      (error) => String(error),
    );
    const wait = await this.patience.time(began);
    const failed = await began;
    if (failed !== undefined) this.fail(deed, failed);
    this.waits.push(wait);
    return wait;
  }

  /**
   * Fails when somebody waited too long. Real nets may take longer, because they look at photos.
   */
  #judgeWait(acted: Acted | undefined, { ms, slowness, isTooLong }: Wait): void {
    if (!acted || !isTooLong || this.hasNets) return;
    this.fail(acted.deed, `answered after ${Math.round(ms)} ms, on a machine ${slowness.toFixed(1)} times slower`);
  }

  /** Throws an error with everything that the deed's person did. */
  fail({ what, person }: Pick<Deed, 'what' | 'person'>, why: string): never {
    throw new Error(`${what}: ${why}\n${this.#storyOf(person.who)}`);
  }

  /**
   * Gives what was shown.
   * @throws when it is not what was expected
   */
  judge(deed: Deed, coming: Coming, expected: readonly Expected[]): readonly Shown[] {
    const { person } = deed;
    const isErasure = expected.some(({ claims }) => claims.includes('forget.receipt'));
    const shown = isErasure ? coming.all() : this.#withoutAnnounced(person, coming.all());
    const text = textOf(shown);
    if (announcesReceipt(text, person.language)) this.#announced.add(person.who);
    const labels = shown.flatMap(({ buttons }) => buttons.map(({ label }) => label));
    this.tell(`   → ${text.slice(0, 300).replaceAll('\n', ' ⏎ ')} [${labels.join(' | ')}]`, person.who);
    for (const { key } of claimsIn(text, person.language)) this.claimed.add(key);
    const wrong = wrongWith(shown, person, this.hasNets ? expected.map(byNets) : expected, this.people);
    return wrong === undefined ? shown : this.fail(deed, wrong);
  }

  /**
   * What was shown, without a final receipt that was announced: it answers nothing that its person
   * does meanwhile.
   */
  #withoutAnnounced({ who, language }: Somebody, shown: readonly Shown[]): readonly Shown[] {
    return this.#announced.has(who) ? withoutFinal(shown, language) : shown;
  }

  /** Lets somebody do nothing any more, because nobody can tell what the bot waits for. */
  retire({ who, name }: Somebody): void {
    this.tell(`${name} is quiet from now on`, who);
    this.#retired.add(who);
  }

  /** The people who still act. */
  acting(): readonly Somebody[] {
    return this.people.filter(({ who }) => !this.#retired.has(who));
  }

  /** Takes all buttons of an answer from a person who pressed the one with this id. */
  dropQuestion(who: number, id: string): void {
    const question = questionOf(id, who);
    const { buttons = [] } = this.people[who] ?? {};
    const left = buttons.filter(({ button }) => questionOf(button.id, who) !== question);
    buttons.splice(0, buttons.length, ...left);
  }

  /** Ends everything that waits behind a button of this person. */
  #lose(who: number): void {
    for (const question of this.questions.values()) {
      if (question.owner === who) question.isLost = true;
    }
  }

  /** Checks that a repeated delivery shows nothing new. */
  async #repeat(deed: Deed, coming: Coming): Promise<void> {
    const texts = () =>
      this.#withoutAnnounced(deed.person, coming.all())
        .map(({ text }) => text)
        .join('\n');
    const before = texts();
    this.tell('   (it is delivered once more)', deed.person.who);
    coming.repeat?.();
    await this.boothOf(deed.person).settled();
    if (texts() !== before) this.fail(deed, `answered twice: ${texts()}, before ${before}`);
  }

  async restart(): Promise<void> {
    this.tell('— the program is started again');
    await this.program.restart();
    this.startsAgain();
  }

  /**
   * Notes that the program was started again. It no longer has what was uploaded to the page, so
   * the selfies there that wait for a gesture are gone.
   */
  startsAgain(): void {
    this.starts += 1;
    for (const [key, asked] of this.ledger.gestures) {
      if (this.people[Number.parseInt(key, 10)]?.platform !== 'page') continue;
      this.ledger.gestures.set(key, { ...asked, selfies: asked.selfies.map((photo) => ({ ...photo, isGone: true })) });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}
