import type { CommandName } from '../../src/text/words.ts';
import type { Photo } from './faces.ts';

/** Somebody's data in one group, as they must be after everything that happened. */
interface Held {
  search: boolean;
  enrol: boolean;
  /** The owner of the enrolled face; undefined without shots. */
  face?: number | undefined;
  /** The enrolled shots, oldest first. */
  shots: number[];
  /** Whether they claim a face that somebody else enrolled. */
  isChallenger: boolean;
}

export type PhotoCommand = 'find' | 'enroll';

/** An ask as the crawler knows it. */
export interface Asked {
  readonly who: number;
  /** Undefined in private. */
  readonly group: number | undefined;
  readonly command: CommandName;
  readonly photos: readonly Photo[];
  /** By the button under a refusal, which claims the face. */
  readonly choice?: 'dispute';
}

/** What the buttons of an answer stand for. */
export type Offer =
  | { readonly for: 'consent'; readonly ask: Asked }
  | { readonly for: 'leaving'; readonly ask: Asked }
  | { readonly for: 'command'; readonly ask: Omit<Asked, 'command'>; readonly commands: readonly CommandName[] }
  | { readonly for: 'place'; readonly ask: Asked; readonly groups: readonly number[] }
  | { readonly for: 'opening'; readonly ask: Asked }
  | { readonly for: 'claim'; readonly ask: Asked }
  | { readonly for: 'other'; readonly ask: Asked };

/** The claims of an answer: these and no others. */
export interface Expected {
  /** Keys of sentences, see texts.ts. */
  readonly claims: readonly string[];
  /** Further claims that are allowed. */
  readonly maybe?: readonly string[];
  /** The sentences' arguments, by name. */
  readonly told?: Readonly<Record<string, number>>;
  /** For a result, exactly who is named. */
  readonly names?: readonly number[];
  readonly offers?: Offer;
  /** The ask for which the notice lets further selfies join. */
  readonly awaits?: Asked;
}

const MAX = { find: 10, enroll: 3 } as const;
/** The most selfies of a person in a group. The oldest go. */
const MAX_TEMPLATES = 5;

/** Who is where, and their data, without asking the program. */
export class Ledger {
  /** By group. */
  readonly members: Set<number>[] = [];
  readonly #held = new Map<string, Held>();
  /** For each person, what a photo without words completes; the latest last. */
  readonly awaiting = new Map<number, { readonly ask: Asked; readonly notice?: unknown }[]>();
  /** People whose face somebody else sent. Their next answer alerts them. */
  readonly alerts = new Set<string>();
  readonly #withdraw: (who: number) => void;

  /** @param withdraw called for everybody whose unfinished business is over */
  constructor(withdraw: (who: number) => void) {
    this.#withdraw = withdraw;
  }

  of(who: number, group: number): Held | undefined {
    return this.#held.get(`${who} in ${group}`);
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

  agree({ who, group, command }: Asked): void {
    if (group === undefined) throw new Error('nobody agrees to anything outside of a group');
    const held = this.of(who, group) ?? { search: false, enrol: false, shots: [], isChallenger: false };
    this.#held.set(`${who} in ${group}`, held);
    held[command === 'enroll' ? 'enrol' : 'search'] = true;
  }

  erase(who: number, where: number | undefined): void {
    for (const group of where === undefined ? this.groupsOf(who) : [where]) {
      const { face, isChallenger } = this.of(who, group) ?? {};
      this.#held.delete(`${who} in ${group}`);
      // Nobody is left who claims the face.
      for (const other of isChallenger ? [] : this.enrolledIn(group)) {
        const held = this.of(other, group);
        if (held && held.face === face) held.isChallenger = false;
      }
      this.alerts.delete(`${who} in ${group}`);
    }
    this.awaiting.delete(who);
    this.#withdraw(who);
  }

  /** The answer to an ask. It also makes the changes. */
  answer(ask: Asked): Expected {
    const { who, group, command } = ask;
    switch (command) {
      case 'help':
        return { claims: ['help.title'] };
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
      case 'find':
      case 'enroll':
        return group === undefined ? this.#elsewhere(ask) : this.photos(ask);
    }
    throw new Error(`the crawler knows no ${command}`);
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

  /** A private chat is no group: the only group is taken; of several the person chooses. */
  #elsewhere(ask: Asked): Expected {
    const [only, ...others] = this.groupsOf(ask.who);
    if (only === undefined) return { claims: ['place.none'] };
    if (others.length > 0) {
      return { claims: ['place.which'], offers: { for: 'place', ask, groups: [only, ...others] } };
    }
    return this.enter({ ...ask, group: only });
  }

  /** From outside the group, which only admits members. */
  enter(ask: Asked): Expected {
    const { who, group = 0, command } = ask;
    if (!this.members[group]?.has(who)) return { claims: ['failures.not_a_member:other'] };
    return command === 'find' || command === 'enroll' ? this.photos(ask) : this.answer(ask);
  }

  /** In a group. */
  photos(ask: Asked): Expected {
    const { who, group = 0, command, photos } = ask;
    if (photos.length === 0) {
      const others = (this.awaiting.get(who) ?? []).filter((one) => one.ask.group !== group);
      this.awaiting.set(who, [...others, { ask }]);
      return { claims: [`failures.no_photo:${command === 'enroll' ? 'selfie' : 'other'}`] };
    }
    const held = this.of(who, group);
    if (!held?.[command === 'enroll' ? 'enrol' : 'search']) {
      return {
        claims: [command === 'enroll' ? 'notice.enrol.title' : 'notice.search.title'],
        offers: { for: 'consent', ask },
      };
    }
    return this.#withMore(ask, command === 'enroll' ? this.#enrol(ask, held) : this.#find(ask));
  }

  /** Additions to every answer of a worker. */
  #withMore({ who, group, command, photos }: Asked, answer: Expected): Expected {
    const max = MAX[command as PhotoCommand];
    const isFailure = answer.claims.some((key) => key.startsWith('failures.')) && answer.names === undefined;
    const isOver = photos.length > max && !(isFailure && answer.claims.length === 1);
    const key = `${who} in ${group}`;
    const isAlerted = this.alerts.has(key);
    return {
      ...answer,
      claims: [...answer.claims, ...(isOver ? ['intent.overMany'] : [])],
      maybe: [
        ...(answer.maybe ?? []),
        ...(isAlerted ? ['alert'] : []),
        ...(photos.length > max ? ['intent.overMany'] : []),
      ],
      told: { ...answer.told, ...(isOver && { sent: photos.length, max }) },
    };
  }

  #find({ who, group = 0, photos }: Asked): Expected {
    const looked = photos.slice(0, MAX.find);
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
    // Hidden people have no templates to compare with.
    const isMaybe = enrolled.every((one) => this.of(one, group)?.isChallenger) ? ['find.nobodyEnrolled'] : [];
    const isTold = names.some((one) => one !== who) ? ['failures.rate_limited:revealed'] : [];
    return { claims: [...failed, ...left], maybe: [...isMaybe, ...isTold], names };
  }

  #enrol(ask: Asked, held: Held): Expected {
    const { who, group = 0, photos } = ask;
    const sent = photos.slice(0, MAX.enroll);
    const selfies = sent.filter((photo) => wrongSelfie(photo) === undefined);
    const wrong = unique(sent.flatMap((photo) => wrongSelfie(photo) ?? []));
    const [first] = sent;
    if (selfies.length === 0 && first) return { claims: [wrongSelfie(first) ?? ''] };
    const faces = selfies.flatMap((photo) => photo.faces[0] ?? []);
    const [face] = faces;
    const isOne = faces.every(({ of }) => of === face?.of) && (held.shots.length === 0 || face?.of === held.face);
    if (!isOne || !face) return { claims: ['enroll.notYou'] };
    const fresh = unique(faces.map(({ shot }) => shot)).filter((shot) => !held.shots.includes(shot));
    if (fresh.length === 0) return { claims: ['enroll.alreadyKnown', ...wrong] };
    const holder = this.enrolledIn(group).find((one) => one !== who && this.of(one, group)?.face === face.of);
    if (holder !== undefined && !held.isChallenger) {
      this.alerts.add(`${holder} in ${group}`);
      if (ask.choice !== 'dispute') return { claims: ['failures.face_taken'], offers: { for: 'claim', ask } };
      held.isChallenger = true;
    }
    held.face = face.of;
    held.shots = [...held.shots, ...fresh].slice(-MAX_TEMPLATES);
    const isHidden = ask.choice === 'dispute' && held.isChallenger;
    if (isHidden) return { claims: ['enroll.disputed', ...wrong] };
    return { claims: ['enroll.done', ...wrong], told: { templates: held.shots.length } };
  }
}

function wrongOf({ isGone, isBroken, faces }: Photo): string | undefined {
  if (isGone) return 'failures.photo_gone';
  if (isBroken) return 'failures.not_an_image';
  return faces.length === 0 ? 'failures.no_face' : undefined;
}

function wrongSelfie(photo: Photo): string | undefined {
  if (photo.isBorrowed) return 'failures.no_photo:borrowed';
  return wrongOf(photo) ?? (photo.faces.length > 1 ? 'failures.several_faces' : undefined);
}

function unique<T>(all: readonly T[]): T[] {
  return [...new Set(all)];
}
