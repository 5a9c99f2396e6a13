import { expect } from 'vitest';
import { seeded } from '../../src/evaluate/seeded.ts';
import { type CommandName, wordsFor } from '../../src/text/words.ts';
import type { Booth, Coming, Shown } from './booth.ts';
import { discordBooth } from './discord.ts';
import type { Asked, Expected, Offer } from './expected.ts';
import type { Photo } from './faces.ts';
import { textOf, wrongWith } from './judge.ts';
import { Ledger } from './ledger.ts';
import { pageBooth } from './page.ts';
import { type Program, startProgram } from './program.ts';
import type { Somebody } from './somebody.ts';
import { telegramBooth } from './telegram.ts';
import { claimsIn } from './texts.ts';
import { ASKED } from './utterances.ts';

/** An action of somebody, and what must come of it. */
export interface Deed {
  readonly person: Somebody;
  readonly what: string;
  /** For people who read a failure. */
  readonly told: string;
  readonly act: () => Coming;
  /** One of these must fit. */
  readonly expected: readonly Expected[];
  /** Where the answer's buttons are pressed; undefined in private. */
  readonly room: number | undefined;
  /** Whether its platform delivers it once more. */
  readonly isRepeated: boolean;
  /** What they do at once with the answer. */
  readonly onward?: (shown: readonly Shown[]) => Deed;
}

/** What the buttons of one answer stand for. */
export interface Question {
  readonly owner: number;
  offer: Offer;
  isUsed: boolean;
  /** Whether it was withdrawn with its owner. */
  isLost: boolean;
  readonly labels: string[];
}

/** The size of a group. Each group is on one platform. */
const GROUP = 6;
const PLATFORMS = ['telegram', 'telegram', 'discord', 'page'] as const;

/** A program with people, and everything known of what happened there. */
export class World implements AsyncDisposable {
  readonly ledger = new Ledger((who) => this.#lose(who), {
    isAdmin: (ask) => this.#isAdmin(ask),
    isAlone: (who) => this.people[who]?.platform === 'page',
  });
  /** `who in group` */
  readonly admins = new Set<string>();
  readonly people: readonly Somebody[];
  readonly questions = new Map<string, Question>();
  readonly program: Program;
  readonly random: () => number;
  readonly waits: number[] = [];
  /** Keys of all sentences that were said. */
  readonly claimed = new Set<string>();
  readonly #story: { readonly who: number | undefined; readonly what: string }[] = [];
  /** People who wrote to the bot on Telegram, and can get answers there. */
  readonly started = new Set<number>();
  starts = 1;
  readonly #booths: Readonly<Record<Somebody['platform'], Booth>>;

  static async open(size: number, seed: number): Promise<World> {
    return new World(await startProgram(), size, seed);
  }

  private constructor(program: Program, size: number, seed: number) {
    this.program = program;
    this.random = seeded(seed);
    this.#booths = { telegram: telegramBooth(program), discord: discordBooth(program), page: pageBooth(program) };
    this.people = Array.from({ length: size }, (_, who): Somebody => {
      const group = Math.floor(who / GROUP);
      const platform = PLATFORMS[group % PLATFORMS.length] ?? 'page';
      // Some are also in the next group of their platform.
      const next = [group + 1, group + 2, group + 3, group + 4].find(
        (one) => PLATFORMS[one % PLATFORMS.length] === platform,
      );
      const groups = next !== undefined && next * GROUP < size && this.random() < 0.3 ? [group, next] : [group];
      const language = this.random() < 0.5 ? 'en' : 'de';
      return { who, name: `Kim${who}x`, language, platform, groups, buttons: [] };
    });
    for (const { who, name, language, platform, groups } of this.people) {
      // Whoever is first in a group is its admin.
      const admin = groups.filter((group) => !this.ledger.members[group]);
      for (const group of admin) this.admins.add(`${who} in ${group}`);
      this.#booths[platform].join(who, name, language, groups, admin);
      for (const group of groups) this.ledger.members[group] = (this.ledger.members[group] ?? new Set()).add(who);
    }
  }

  /** At the page everybody is; Discord says of nobody who writes from outside that they are. */
  #isAdmin({ who, group, isOutside }: Asked): boolean {
    const platform = this.people[who]?.platform;
    if (platform === 'page') return true;
    return this.admins.has(`${who} in ${group}`) && !(platform === 'discord' && isOutside);
  }

  boothOf({ platform }: Somebody): Booth {
    return this.#booths[platform];
  }

  one<T>(all: readonly T[]): T {
    const chosen = all[Math.floor(this.random() * all.length)];
    if (chosen === undefined) throw new Error('there is nothing to choose from');
    return chosen;
  }

  chance(share: number): boolean {
    return this.random() < share;
  }

  /** The photo as it is sent now. */
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
   * Does all of it at once, and compares what comes with what must come. The people of these deeds
   * share no group.
   */
  async play(deeds: readonly Deed[]): Promise<void> {
    const acted = deeds.map((deed) => {
      const { name, who, platform, language } = deed.person;
      this.tell(`${name} (${platform}, ${language}) ${deed.told}`, who);
      return { deed, coming: deed.act() };
    });
    await Promise.all(acted.map((one) => this.#comes(one)));
    await this.program.idle();
    for (const { deed, coming } of acted) {
      const shown = coming.all();
      this.#held(deed, () => this.#judge(deed.person, shown, deed.expected));
      this.#remember(deed.person, shown, deed.expected, deed.room);
      if (deed.isRepeated && coming.repeat) await this.#repeat(deed, coming);
      if (deed.onward) await this.play([deed.onward(shown)]);
    }
  }

  async #comes({ deed, coming }: { readonly deed: Deed; readonly coming: Coming }): Promise<void> {
    const began = performance.now();
    await coming.first.catch((error) =>
      this.#held(deed, () => {
        throw error;
      }),
    );
    this.waits.push(performance.now() - began);
  }

  /** A failure is reported with all that its person did. */
  #held(deed: Deed, check: () => void): void {
    try {
      check();
    } catch (error) {
      throw new Error(`${deed.what}: ${String(error)}\n${this.#storyOf(deed.person.who)}`);
    }
  }

  #judge(person: Somebody, shown: readonly Shown[], expected: readonly Expected[]): void {
    const text = textOf(shown);
    const labels = shown.flatMap(({ buttons }) => buttons.map(({ label }) => label));
    this.tell(`   → ${text.slice(0, 300).replaceAll('\n', ' ⏎ ')} [${labels.join(' | ')}]`, person.who);
    for (const { key } of claimsIn(text, person.language)) this.claimed.add(key);
    const wrong = wrongWith(shown, person, expected, this.people);
    if (wrong !== undefined) throw new Error(wrong);
  }

  #remember(person: Somebody, shown: readonly Shown[], expected: readonly Expected[], room?: number): void {
    const answer = expected.find((one) => one.offers);
    const { offers } = answer ?? {};
    for (const one of shown) {
      if (one.buttons.length > 0) person.last = one;
      for (const button of one.buttons) {
        person.buttons.push({ shown: one, button, room, group: offers?.ask.group });
        const id = questionOf(button.id);
        if (!id || !offers) continue;
        const known = this.questions.get(id);
        if (known) known.labels.push(button.label);
        else {
          const question = {
            owner: person.who,
            offer: offers,
            isUsed: false,
            isLost: false,
            labels: [button.label],
          } as const;
          this.questions.set(id, { ...question, labels: [...question.labels] });
        }
        const { awaits } = answer ?? {};
        const waiting = this.ledger.awaiting.get(person.who) ?? [];
        const notice = this.questions.get(id);
        if (!awaits || waiting.some((known) => known.notice === notice)) continue;
        this.ledger.awaiting.set(person.who, [...waiting, { ask: awaits, notice }]);
      }
    }
  }

  /** Removes everything that waits behind a button of theirs. */
  #lose(who: number): void {
    for (const question of this.questions.values()) {
      if (question.owner === who) question.isLost = true;
    }
  }

  /** A repeated delivery shows nothing new. */
  async #repeat(deed: Deed, coming: Coming): Promise<void> {
    const texts = () =>
      coming
        .all()
        .map(({ text }) => text)
        .join('\n');
    const before = texts();
    this.tell('   (it is delivered once more)', deed.person.who);
    coming.repeat?.();
    await this.boothOf(deed.person).settled();
    this.#held(deed, () => expect(texts(), 'answered once').toBe(before));
  }

  /** Resolves once somebody who left is erased, which the bot does without an answer. */
  async erased(person: Somebody, group: number): Promise<void> {
    const { who } = person;
    const isHeld = this.ledger.of(who, group) !== undefined;
    this.ledger.erase(who, group);
    if (person.platform !== 'discord' || !isHeld) return;
    const booth = this.boothOf(person);
    const held = async () => {
      const coming = booth.says(who, { words: '/mydata', photos: [], group: undefined });
      await coming.first;
      return coming.all().some(({ text }) => new RegExp(`[“„]Club ${group}[“”]`).test(text));
    };
    await expect.poll(held, { interval: 20, timeout: PATIENCE_MS }).toBe(false);
  }

  async restart(): Promise<void> {
    this.tell('— the program is started again');
    await this.program.restart();
    this.starts += 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.program[Symbol.asyncDispose]();
  }
}

/** Longer than any answer takes on a busy machine. */
const PATIENCE_MS = 60_000;

/** The question that a button belongs to; undefined for one that always works. */
export function questionOf(id: string): string | undefined {
  const [question = ''] = id.split(':', 1);
  return /^([\w-]{22}|pick-\d+)$/.test(question) ? question : undefined;
}

/** The command on a button's label. */
export function commandLabelled(label: string, language: string): CommandName | undefined {
  return ASKED.find((name) => wordsFor(language).commands[name].button === label);
}
