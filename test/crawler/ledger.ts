import { SELFIE_ASKS_A_DAY } from '../../src/chat/limits/selfie-asks.ts';
import type { Purpose } from '../../src/consent/consent.ts';
import { type Admins, adminsAnswer, chosenSetting, type Rules } from './admins.ts';
import { type AskedGesture, enrolled } from './enrolment.ts';
import { type Asked, type Expected, type Held, unique, wrongOf, wrongSelfie } from './expected.ts';
import { MOST_PHOTOS, withMore } from './left-out.ts';
import { blurred, present } from './own-photos.ts';
import { type ShownResult, showing, withoutPerson } from './posts.ts';

/** What the crawler knows of people and groups from what happened, without asking the program. */
export class Ledger {
  /** The members by group. */
  readonly members: Set<number>[] = [];
  readonly #held = new Map<string, Held>();
  /** For each person, the asks that a photo without words may complete. The latest comes last. */
  readonly awaiting = new Map<number, { readonly ask: Asked; readonly notice?: unknown }[]>();
  /** People who sent a /me in private: their photos without words may belong to its series. */
  readonly series = new Set<number>();
  /** People (`who in group`) whose face others tried to enrol. Their next answer alerts them. */
  readonly alerts = new Set<string>();
  /** Gestures that people are asked for, by `who in group`. */
  readonly gestures = new Map<string, AskedGesture>();
  /** How often people were asked for a gesture, by `who in group`. */
  readonly gestureTries = new Map<string, number>();
  /** Whether everybody who enrols must show a gesture. */
  readonly asksGestures: boolean;
  /** What groups were shown. */
  shown: readonly ShownResult[] = [];
  /** What the admins of a group set, by group. */
  readonly rules = new Map<number, Rules>();
  /** How often somebody searched in a group, by `who in group`. Admins may limit that. */
  readonly #searches = new Map<string, number>();
  /** How often somebody who is not enrolled sent a selfie with /me. */
  readonly #selfieAsks = new Map<number, number>();
  readonly #withdraw: (who: number) => void;
  readonly #admins: Admins;

  /** `withdraw` ends the unfinished conversations of a person, as an erasure does. */
  constructor(withdraw: (who: number) => void, admins: Admins, asksGestures: boolean) {
    this.#withdraw = withdraw;
    this.asksGestures = asksGestures;
    this.#admins = admins;
  }

  isAlone(who: number): boolean {
    return this.#admins.isAlone(who);
  }

  of(who: number, group: number): Held | undefined {
    return this.#held.get(`${who} in ${group}`);
  }

  /** All that is held, by `who in group`, as it is now. */
  copy(): Map<string, Held> {
    return structuredClone(this.#held);
  }

  /** Sets what is held of somebody; undefined for nothing. `key` has the form `who in group`. */
  put(key: string, held: Held | undefined): void {
    if (held) this.#held.set(key, held);
    else this.#held.delete(key);
  }

  groupsOf(who: number): number[] {
    return this.members.flatMap((_, group) => (this.of(who, group) ? [group] : []));
  }

  enrolledIn(group: number): number[] {
    return [...this.#held].flatMap(([key, { shots }]) => {
      const [who, , where] = key.split(' ').map(Number);
      return where === group && who !== undefined && shots.length > 0 ? [who] : [];
    });
  }

  /** `isShown`: by enrolling, they also agree that their whole group is shown who they are. */
  agree({ who, group }: Asked, purpose: Purpose, isShown = false): void {
    if (group === undefined) throw new Error('nobody agrees to anything outside of a group');
    const held = this.of(who, group) ?? { agreed: new Set(), shots: [], isChallenger: false };
    this.#held.set(`${who} in ${group}`, held);
    held.agreed.add(purpose);
    if (purpose === 'enrol') held.isShown = isShown;
  }

  /** Erases everybody in a group, and what its admins set. */
  eraseGroup(group: number): void {
    this.rules.delete(group);
    for (const key of [...this.#held.keys()]) {
      const [who = 0, , where] = key.split(' ').map(Number);
      if (where === group) this.erase(who, group);
    }
  }

  /**
   * Drops a shot, counted from 1. Gives how many are left. Undefined for the only shot, which
   * stays.
   */
  dropShot(who: number, group: number, number: number): number | undefined {
    const { shots = [] } = this.of(who, group) ?? {};
    if (shots.length <= 1) return undefined;
    shots.splice(number - 1, 1);
    return shots.length;
  }

  erase(who: number, where: number | undefined): void {
    for (const group of where === undefined ? this.groupsOf(who) : [where]) {
      const { face, isChallenger } = this.of(who, group) ?? {};
      this.#held.delete(`${who} in ${group}`);
      // The holder is gone, so people with this face challenge nobody any more.
      for (const other of isChallenger ? [] : this.enrolledIn(group)) {
        const held = this.of(other, group);
        if (held && held.face === face) held.isChallenger = false;
      }
      this.shown = withoutPerson(this.shown, who, group);
      this.alerts.delete(`${who} in ${group}`);
      this.gestures.delete(`${who} in ${group}`);
    }
    this.awaiting.delete(who);
    this.#withdraw(who);
  }

  /** The right answer to an ask. Makes the changes that the ask brings. */
  answer(ask: Asked): Expected {
    const { who, group, command } = ask;
    switch (command) {
      case 'help':
        return { claims: [this.helpTitle(group)] };
      case 'privacy':
        return { claims: ['privacy.title'] };
      case 'mydata':
        return this.#mydata(ask);
      case 'forget': {
        const held = this.groupsOf(who);
        if (held.length > 0) return { claims: ['forget.ask'], offers: { for: 'leaving', ask } };
        this.awaiting.delete(who);
        this.#withdraw(who);
        return { claims: ['forget.nothing'] };
      }
      case 'invite':
      case 'settings':
        return group === undefined ? this.#elsewhere(ask) : adminsAnswer(this, this.#admins, ask);
      default:
        return group === undefined ? this.#elsewhere(ask) : this.photos(ask);
    }
  }

  /** Whether the admins of this group have switched /find off. */
  isFindOff(group: number | undefined): boolean {
    return group !== undefined && this.rules.get(group)?.findBy === 'self';
  }

  /** The key of the title of /help in this group. */
  helpTitle(group: number | undefined): string {
    return this.isFindOff(group) ? 'help.titleSelf' : 'help.title';
  }

  /** The right answer to a button that shows a result to its group. */
  show(ask: Asked): Expected {
    return showing(this, ask, this.photos(ask));
  }

  /** The right answer to a button under /settings. */
  setting(ask: Asked, choice: string): Expected {
    return chosenSetting(this, this.#admins, ask, choice);
  }

  #mydata(ask: Asked): Expected {
    const { who, group } = ask;
    const groups = (group === undefined ? this.groupsOf(who) : [group]).filter((one) => this.of(who, one));
    const offers = { for: 'other', ask } as const;
    if (groups.length === 0) return { claims: ['mydata.nothing'], offers };
    const [only, ...others] = groups;
    const shots = only === undefined || others.length > 0 ? undefined : this.of(who, only)?.shots;
    return {
      claims: ['mydata.title', 'mydata.enrolled'],
      // People who are not enrolled get no figure.
      ...(shots?.length && { told: { templates: shots.length } }),
      offers,
    };
  }

  /**
   * An ask in a private chat is about the person's only group. Somebody with several groups chooses
   * one.
   */
  #elsewhere(ask: Asked): Expected {
    const [only, ...others] = this.groupsOf(ask.who);
    if (only === undefined) return { claims: ['place.none'], offers: { for: 'pick', ask } };
    if (others.length > 0) {
      if (ask.command === 'me' && ask.photos.length > 0) this.series.add(ask.who);
      return { claims: ['place.which'], offers: { for: 'place', ask, groups: [only, ...others] } };
    }
    return this.enter({ ...ask, group: only });
  }

  /** The answer to an ask from outside the group. Only members may send one. */
  enter(ask: Asked): Expected {
    const { who, group = 0 } = ask;
    if (!this.members[group]?.has(who)) return { claims: ['failures.not_a_member:other'] };
    return this.answer({ ...ask, isOutside: true });
  }

  /** The answer to an ask with photos in a group. */
  photos(ask: Asked): Expected {
    const { who, group = 0, command, photos } = ask;
    if (photos.length === 0) {
      const others = (this.awaiting.get(who) ?? []).filter((one) => one.ask.group !== group);
      this.awaiting.set(who, [...others, { ask }]);
      return { claims: [`failures.no_photo:${command === 'enroll' ? 'selfie' : 'other'}`] };
    }
    const held = this.of(who, group);
    const isEnrolled = (held?.shots.length ?? 0) > 0;
    const { findBy } = this.rules.get(group) ?? {};
    if (command === 'me' && !isEnrolled && photos.length < 2) return { claims: ['failures.not_enrolled:self'] };
    if (command === 'find' && this.isFindOff(group)) return { claims: ['failures.find_off'] };
    const purpose = purposeOf(ask, isEnrolled);
    if (!held?.agreed.has(purpose)) {
      // Photos that come while the notice is open wait for its answer.
      if (command === 'me' && ask.isOutside && isEnrolled) this.series.add(who);
      return { claims: [`notice.${purpose}.title`], offers: { for: 'consent', ask, purpose } };
    }
    if (command === 'find' && findBy === 'enrolled' && !isEnrolled) return { claims: ['failures.not_enrolled:other'] };
    return { ...withMore(this.alerts, ask, this.#looked(ask, held, purpose)), ...this.#limited(ask, purpose) };
  }

  #looked(ask: Asked, held: Held, purpose: Purpose): Expected {
    switch (ask.command) {
      case 'enroll':
        return enrolled(this, ask, held);
      case 'me':
        if (ask.isOutside) this.series.add(ask.who);
        return held.shots.length > 0 ? present(ask, held) : this.#presentBySelfie(ask, held);
      case 'blur':
        return blurred(ask, purpose === 'self' && !ask.isAllLater ? held : undefined);
      default:
        return this.#find(ask);
    }
  }

  /**
   * The answer to a /me of somebody who is not enrolled. The first photo is their selfie. There is
   * a limit to how often this is answered in a day.
   */
  #presentBySelfie(ask: Asked, held: Held): Expected {
    const [selfie] = ask.photos;
    const wrong = selfie?.isBorrowed ? 'failures.not_enrolled:borrowed' : selfie && wrongSelfie(selfie);
    if (!selfie || wrong) return { claims: [wrong ?? ''] };
    const before = this.#selfieAsks.get(ask.who) ?? 0;
    if (!ask.taken) this.#selfieAsks.set(ask.who, before + 1);
    const or = before >= SELFIE_ASKS_A_DAY && !ask.taken ? { or: ['failures.rate_limited:selfie'] } : {};
    return { ...present(ask, held, selfie), ...or };
  }

  /** Asks beyond the limit of admins may be refused, or not: a restart forgets the count. */
  #limited({ who, group = 0 }: Asked, purpose: Purpose): Pick<Expected, 'or'> {
    if (purpose !== 'search' && purpose !== 'self') return {};
    const key = `${who} in ${group}`;
    const before = this.#searches.get(key) ?? 0;
    this.#searches.set(key, before + 1);
    const { findsPerHour = Number.POSITIVE_INFINITY } = this.rules.get(group) ?? {};
    return before >= findsPerHour ? { or: ['failures.rate_limited:other'] } : {};
  }

  #find(ask: Asked): Expected {
    const { who, group = 0, photos } = ask;
    const looked = photos.slice(0, MOST_PHOTOS.find);
    const wrong = looked.flatMap((photo) => wrongOf(photo) ?? []);
    if (looked.length === 1 && wrong.length === 1) return { claims: wrong };
    const seen = looked.filter((photo) => wrongOf(photo) === undefined);
    const failed = unique(wrong);
    if (seen.length === 0) return { claims: failed };
    const left = seen.some((photo) => photo.left > 0) ? ['find.left'] : [];
    const enrolled = this.enrolledIn(group);
    if (enrolled.length === 0) return { claims: [...failed, ...left, 'find.nobodyEnrolled'], names: [] };
    const faces = new Set(seen.flatMap(({ faces }) => faces.map(({ of }) => of)));
    const names = enrolled.filter((one) => {
      const isThere = this.members[group]?.has(one) && !this.of(one, group)?.isChallenger;
      return isThere && faces.has(this.of(one, group)?.face ?? -1);
    });
    // The templates of challengers are hidden. With nobody else enrolled, nothing is compared.
    const isMaybe = enrolled.every((one) => this.of(one, group)?.isChallenger) ? ['find.nobodyEnrolled'] : [];
    const isTold = names.some((one) => one !== who) ? ['failures.rate_limited:revealed'] : [];
    const offers = names.length > 0 && { offers: { for: 'find', ask } as const };
    return { claims: [...failed, ...left], maybe: ['find.summary', ...isMaybe, ...isTold], names, ...offers };
  }
}

function purposeOf({ command, isAll }: Asked, isEnrolled: boolean): Purpose {
  if (command === 'enroll') return 'enrol';
  if (command === 'find') return 'search';
  return command === 'blur' && (isAll || !isEnrolled) ? 'blur' : 'self';
}
