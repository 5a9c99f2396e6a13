import type { Agreement, Consent, Purpose, Standing } from '../consent/consent.ts';
import type { LedgerEntry } from '../consent/ledger.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import type { OwnPairs } from '../match/own-pairs.ts';
import type { Damage } from './damage.ts';
import type { Erasure, ErasureOptions, ErasureReason, Tombstone } from './erasure.ts';
import type { Configurable, Entrance } from './groups.ts';

/** The most templates of one person in one scope. A newer one replaces the oldest. */
export const MAX_TEMPLATES = 5;

/** How long {@link Gallery.tidy} keeps the search log: 90 days. */
export const FIND_RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/** The pack version whose embeddings a gallery compares. It never compares them with others. */
export interface PackVersion {
  /** `<name>@<version>`. */
  readonly id: string;
  readonly dims: number;
}

/** An enrolled person, with the distance of their nearest template. */
export interface Candidate {
  readonly person: Person;
  /** Euclidean distance of L2-normalised embeddings, exact even when the store is quantised. */
  readonly distance: number;
  /** Whether this person agreed that a whole group may be shown results that name them. */
  readonly shown: boolean;
}

export interface Candidates {
  /**
   * N: the number of searchable templates of this pack in the scope. Chances are computed with it.
   */
  readonly templates: number;
  /**
   * How near the searchable people are to each other; missing for fewer than ten. It is computed
   * once a week from templates that are older than the week, so that nobody learns a template by
   * changing their own (`src/gallery/weekly-pairs.ts`). It is never stored.
   */
  readonly own?: OwnPairs;
  /** One list for each given embedding, in order: at most 3 people, nearest first. */
  readonly faces: readonly (readonly Candidate[])[];
}

/** Two scopes with people, which belong to one group. */
export interface Split {
  readonly from: ScopeId;
  readonly to: ScopeId;
}

/** One line of the search log, as the person who was found may read it. */
export interface FoundBy {
  readonly at: number;
  /** `find`: a search named the person. `enrol`: somebody tried to enrol the person's face. */
  readonly kind: 'find' | 'enrol';
  /** The finder's name. Undefined once the finder is erased, and for `enrol`. */
  readonly finder?: string;
}

/**
 * What a person says about a face that somebody else has enrolled. `mine`: it is the person's own.
 * `another`: the two people only look alike.
 */
export type Claim = 'mine' | 'another';

/** Two people with one face: the holder has enrolled it, and the challenger claims it. */
export interface Dispute {
  readonly holder: Person;
  readonly challenger: Person;
}

/** All data about one person in one scope. */
export interface Dossier {
  readonly person: Person;
  readonly standing: Standing;
  /** This person's side in an open dispute. */
  readonly dispute?: keyof Dispute;
  /** Oldest first. */
  readonly templates: readonly {
    /** The name of the template in this store: at most 36 characters of A-Za-z0-9-. */
    readonly id: string;
    readonly pack: string;
    readonly enrolledAt: number;
    /** Whether searches leave it out, because this person challenges the holder of the face. */
    readonly hidden: boolean;
    readonly embedding: Float32Array;
  }[];
  readonly events: readonly LedgerEntry[];
  /** Latest first. */
  readonly foundBy: readonly FoundBy[];
}

/**
 * Stores faces and the ledger. Ids, names and vectors are sealed or transformed before they reach a
 * disk. Every method throws `unavailable` when the store cannot be reached or refuses writes, and
 * then nothing is half-written.
 */
export interface Gallery extends Configurable, AsyncDisposable {
  /** The scope of `place`. The first call makes it, once, even for concurrent calls. */
  scope(place: Place): Promise<ScopeId>;
  /**
   * The scope of `place`, if it has one. This stores nothing about the place, so asking or showing
   * a notice leaves no trace.
   */
  scopeOf(place: Place): Promise<ScopeId | undefined>;
  /**
   * Joins two places for ever (a group became a supergroup). Both then point to one scope, made if
   * neither had one, so that the old id still means this group later. Of two scopes the one with
   * people stays. When both have people, nothing changes and both are returned: carry the people of
   * `from` over to `to`, then call again. Of the settings of both scopes, the stricter stay.
   */
  movePlace(from: Place, to: Place): Promise<Split | undefined>;
  /** All places of `place`'s group, the latest first. Only `place` itself if it is unknown. */
  placesOf(place: Place): Promise<readonly Place[]>;
  /**
   * The scopes in which this person has a record, each with its latest place. A place that cannot
   * be read is undefined.
   */
  scopesOf(person: Person): Promise<{ readonly scope: ScopeId; readonly place: Place | undefined }[]>;
  /** Every scope with the places that point to it. */
  scopes(): Promise<{ readonly scope: ScopeId; readonly places: readonly Place[] }[]>;
  /** Everybody with a record in the scope. */
  people(scope: ScopeId): Promise<{ readonly person: Person; readonly standing: Standing }[]>;
  /**
   * Removes a scope without people: its key, its places, its settings. The ledger of salted hashes
   * stays. `internal` when the scope has people. Does nothing for an unknown scope.
   */
  dropScope(scope: ScopeId): Promise<void>;

  /** A person's standing, read in real time: it sees every write that has resolved. */
  standing(scope: ScopeId, person: Person): Promise<Standing>;
  /** {@link scopeOf} and {@link standing} at once: one round trip when the place is known. */
  entrance(place: Place, person: Person): Promise<Entrance>;
  /**
   * Appends an agreement to the ledger and stores the person's name. `expired` when the person was
   * erased since `epoch`.
   */
  agree(scope: ScopeId, person: Person, purpose: Purpose, agreement: Agreement, epoch: number): Promise<Standing>;

  /**
   * Stores the name that others see now, in place of the earlier one. Ignores an empty name, and
   * people without data.
   */
  rename(scope: ScopeId, person: Person): Promise<void>;

  /**
   * Stores templates of the consenting person: L2-normalised embeddings of this gallery's pack, all
   * or none, in one step with the ledger's entry.
   *
   * The write checks again. `expired`: the epoch or the agreement has changed. `unavailable`:
   * another enrolment of the person came first, so that `comparedWith` lacks a template.
   * `face_taken`: `isSame(distance)` holds for somebody else's template in the scope. Then the
   * attempt is logged for that person and raises their `alerts`, once for each `ask`.
   *
   * With `claim: 'mine'` the templates are stored in spite of that. Searches do not find this
   * person, the challenger, until the dispute ends: one of the two is erased, or loses by
   * {@link decide}. The earlier holder can still be found, and loses nothing to a challenger. With
   * `claim: 'another'` (somebody who looks alike) the templates are stored normally.
   *
   * `rate_limited`: too many such attempts by this person or at that face, see
   * `src/gallery/rules/enrol.ts`.
   *
   * Resolves once searches see the templates. Gives the number of this pack's templates.
   */
  enrol(
    consent: Consent,
    embeddings: readonly Float32Array[],
    options: {
      readonly isSame: (distance: number) => boolean;
      readonly claim?: Claim | undefined;
      /** The id of the ask. Its job may run twice. */
      readonly ask?: string;
      /** The person's templates that the faces were compared with, by their ids in the dossier. */
      readonly comparedWith?: readonly string[];
      readonly now: number;
    },
  ): Promise<number>;
  /**
   * Removes one of several templates by its id in the dossier. `last`: it is the only one, and
   * stays. `gone`: it does not exist.
   */
  drop(scope: ScopeId, person: Person, template: string): Promise<'dropped' | 'last' | 'gone'>;
  /**
   * How many enrolments had a face that somebody else has enrolled, as far back as the search log
   * goes.
   */
  attempts(): Promise<number>;
  /** The open disputes. */
  disputes(scope: ScopeId): Promise<readonly Dispute[]>;
  /**
   * Ends all open disputes of `winner` in their favour: all templates of the others are removed.
   * The ledger notes it for each side, and each is alerted. Gives the number of these disputes.
   */
  decide(scope: ScopeId, winner: Person, now: number): Promise<number>;
  /**
   * The nearest people of the scope for each embedding; none in an empty scope. These people agreed
   * to enrolment under the notice in force (an option of the opener) and challenge nobody. People
   * whom {@link erase} has removed are never among them. A store that must first ask which near
   * people may be found gives their ids (by `tombstoneHash`) to `near`.
   */
  search(scope: ScopeId, embeddings: readonly Float32Array[], near?: (ids: string[]) => void): Promise<Candidates>;
  /**
   * Logs that `finder` found these people, for each of them who still has data. A finder without
   * data stays unnamed. Resolves once the lines are written. A line about somebody who is being
   * erased is removed afterwards. With `ask` (kept as a keyed hash) each person gets one line for
   * that ask, even when the call is repeated.
   */
  recordFinds(scope: ScopeId, finder: Person, found: readonly Person[], now: number, ask?: string): Promise<void>;
  /** Lowers the person's `alerts` by the number that they were told of. Newer alerts stay. */
  acknowledge(scope: ScopeId, person: Person, told: number): Promise<void>;
  /** All data about a person in a scope; undefined when there are none. */
  dossier(scope: ScopeId, person: Person): Promise<Dossier | undefined>;

  /**
   * Erases a person from a scope in one step: raises the epoch (kept in a tombstone), removes rows,
   * destroys the salt, appends to the ledger. Undefined when there was nothing to erase (a second
   * call). Bytes may stay on disk until {@link scrub}.
   */
  erase(
    scope: ScopeId,
    person: Person,
    reason: ErasureReason,
    now: number,
    options?: ErasureOptions,
  ): Promise<Erasure | undefined>;
  /**
   * Reads from the store how many rows of this person are left, templates included. After an
   * erasure it is 0.
   */
  remaining(scope: ScopeId, person: Person): Promise<number>;
  /**
   * Removes the bytes of all erased rows from the disk. True when they are gone, false when this
   * must be tried again later.
   */
  scrub(): Promise<boolean>;
  /**
   * Removes data that were kept for long enough: tombstones (`TOMBSTONE_RETENTION_MS`) and lines of
   * the search log ({@link FIND_RETENTION_MS}).
   */
  tidy(now: number): Promise<void>;

  /** Reads every stored value, counts the damaged ones, and changes nothing. */
  damage(): Promise<Damage>;
  /**
   * Repairs damage where it can. It writes again what follows from other values, and removes
   * unreadable templates and records of people. The keys of groups and places stay as they are.
   * Gives what it found.
   */
  mend(now: number): Promise<Damage>;
  /**
   * The number of vectors in the scope, of every pack. When it is less than the standings of its
   * people say, some are lost.
   */
  vectors(scope: ScopeId): Promise<number>;

  /** The scope's ledger, oldest first. */
  ledger(scope: ScopeId): Promise<LedgerEntry[]>;
  /**
   * The scope's entries from this number on, as they are stored: unchecked, and without those still
   * owed.
   */
  entries(scope: ScopeId, from: number): Promise<LedgerEntry[]>;
  /** The tombstones that are still kept. */
  tombstones(): Promise<Tombstone[]>;
  /**
   * Notes erasures that this store never knew, or has lost. Erases everybody who has a life from
   * before their erasure. Gives the number of people erased.
   */
  eraseAgain(erasures: readonly Tombstone[], now: number): Promise<number>;
  /**
   * The name of this gallery and of all its copies: a keyed hash, or the id that it got from
   * another store.
   */
  id(): Promise<string>;
  /**
   * When a second place first heard of this gallery, milliseconds since 1970; undefined before
   * that.
   */
  witnessedSince(): Promise<number | undefined>;
  /** Notes when a second place first heard of this gallery. Later calls change nothing. */
  noteWitness(at: number): Promise<void>;
  /**
   * When this store was first opened with the notice in force (an option of the opener),
   * milliseconds since 1970. People have time to agree again from then on.
   */
  noticeSince(): Promise<number>;
  /** Makes this gallery's pack the one that listeners use. Listeners call it at their start. */
  adoptPack(): Promise<void>;
  /**
   * Throws `unavailable` while listeners use another pack than this gallery's. Its cause says what
   * to do. Then nothing may be searched or enrolled.
   */
  checkPack(): Promise<void>;
  /** Throws `unavailable` with the cause when the store does not answer. */
  check(): Promise<void>;
}
