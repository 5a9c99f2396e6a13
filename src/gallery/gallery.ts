import type { Agreement, Consent, Purpose, Standing } from '../consent/consent.ts';
import type { LedgerEntry } from '../consent/ledger.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import type { OwnPairs } from '../match/own-pairs.ts';
import type { Mendable } from './damage.ts';
import type { Erasure, ErasureOptions, ErasureReason, Tombstone } from './erasure.ts';
import type { Configurable, Entrance } from './groups.ts';

/** The most templates of one person in one scope. A newer one replaces the oldest. */
export const MAX_TEMPLATES = 5;

/** How long {@link Gallery.tidy} keeps the search log: 90 days. */
export const FIND_RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/** A pack version. A gallery compares only embeddings of one pack version with each other. */
export interface PackVersion {
  /** `<name>@<version>`. */
  readonly id: string;
  readonly dims: number;
}

/** An enrolled person, and how near their nearest template is to the embedding of a search. */
export interface Candidate {
  readonly person: Person;
  /** Euclidean distance of L2-normalised embeddings, exact even when the store is quantised. */
  readonly distance: number;
  /** Whether this person agreed that the whole group may see results that name them. */
  readonly shown: boolean;
}

export interface Candidates {
  /**
   * N: the number of searchable templates of this pack in the scope. Chances are computed with it.
   */
  readonly templates: number;
  /**
   * How near the scope's searchable people are to each other; missing for fewer than ten. It is
   * computed once a week from templates that are older than the week, and never stored. So nobody
   * can learn another person's template by changing their own templates and watching these numbers
   * (`src/gallery/weekly-pairs.ts`).
   */
  readonly own?: OwnPairs;
  /** One list for each given embedding, in order: at most 3 people, nearest first. */
  readonly faces: readonly (readonly Candidate[])[];
}

/** Two scopes that both have people, though they belong to one group. See `movePlace`. */
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
 * What a person says whose face is already enrolled by somebody else. `mine`: the face is this
 * person's, and the other enrolled it wrongly. `another`: the two people only look alike.
 */
export type Claim = 'mine' | 'another';

/** Two people with one face: the holder enrolled it first, and the challenger claims it. */
export interface Dispute {
  readonly holder: Person;
  readonly challenger: Person;
}

/** All data about one person in one scope. */
export interface Dossier {
  readonly person: Person;
  /** The salt of the person's subject in the ledger. An erasure destroys it. */
  readonly salt: Uint8Array;
  readonly standing: Standing;
  /** This person's side in an open dispute. */
  readonly dispute?: keyof Dispute;
  /** Oldest first. */
  readonly templates: readonly {
    /** The template's id in this store: at most 36 characters of A-Za-z0-9-. */
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
export interface Gallery extends Configurable, Mendable, AsyncDisposable {
  /** The scope of `place`, made if it is missing. Concurrent calls all get the same scope. */
  scope(place: Place): Promise<ScopeId>;
  /**
   * The scope of `place`, if it has one. It makes none. So a group leaves no trace in the store as
   * long as nobody in it agrees to anything.
   */
  scopeOf(place: Place): Promise<ScopeId | undefined>;
  /**
   * Joins two places for ever, as when a group became a supergroup and got another id. Both places
   * then point to one scope, so the old id keeps meaning this group. The scope is made if neither
   * place has one. Of two scopes the one with people stays, with the stricter settings of both.
   * When both have people, nothing changes and both are given: move the people of scope `from` to
   * scope `to`, and call this again.
   */
  movePlace(from: Place, to: Place): Promise<Split | undefined>;
  /** All places of `place`'s group, the latest first. Only `place` itself if it is unknown. */
  placesOf(place: Place): Promise<readonly Place[]>;
  /**
   * The scopes in which this person has a record, each with its latest place. A place that cannot
   * be read is undefined. A scope whose key is unreadable is among them.
   */
  scopesOf(person: Person): Promise<{ readonly scope: ScopeId; readonly place: Place | undefined }[]>;
  /**
   * Every scope with the places that point to it. A scope whose key is unreadable is left out:
   * {@link Mendable.damage} counts it.
   */
  scopes(): Promise<{ readonly scope: ScopeId; readonly places: readonly Place[] }[]>;
  /** Everybody with a record in the scope. */
  people(scope: ScopeId): Promise<{ readonly person: Person; readonly standing: Standing }[]>;
  /**
   * Removes a scope without people: its key, its places, its settings. Its ledger stays, which
   * names people only by salted hashes. Does nothing for an unknown scope.
   * @throws Failure `internal` when the scope has people
   */
  dropScope(scope: ScopeId): Promise<void>;

  /** A person's standing, with every write that has resolved, and without what is unreadable. */
  standing(scope: ScopeId, person: Person): Promise<Standing>;
  /** {@link scopeOf} and {@link standing} in one call, which often needs one round trip. */
  entrance(place: Place, person: Person): Promise<Entrance>;
  /**
   * Appends an agreement to the ledger and stores the person's name. `epoch` is the person's epoch
   * when they were asked.
   * @throws Failure `expired` when the person was erased since then, or the scope is unknown
   */
  agree(scope: ScopeId, person: Person, purpose: Purpose, agreement: Agreement, epoch: number): Promise<Standing>;

  /**
   * Replaces a person's stored name by `person.name`. Does nothing when that is empty, or when
   * nothing readable is stored about the person.
   */
  rename(scope: ScopeId, person: Person): Promise<void>;

  /**
   * Stores L2-normalised embeddings of this gallery's pack as templates of the consenting person.
   * It stores all or none, in one step with the ledger's entry. Resolves once searches see the
   * templates. Gives how many templates of this pack the person has then.
   *
   * When `isSame(distance)` holds for somebody else's template in the scope, the face is taken. The
   * attempt is logged for that holder and raises the holder's `alerts`, once for each `ask`.
   * Without a claim nothing is stored. With `claim: 'another'` the templates are stored normally.
   * With `claim: 'mine'` they are stored, and open a dispute: searches find the holder as before,
   * and do not find this person, the challenger. The dispute ends when one of the two is erased, or
   * loses by {@link decide}.
   * @throws Failure `expired`: the person's epoch or agreement changed since the consent.
   * `unavailable`: another enrolment of the person came first, so that `comparedWith` lacks a
   * template. `face_taken`: the face is taken, and there is no claim. `rate_limited`: too many
   * attempts at taken faces, see `src/gallery/rules/enrol.ts`
   */
  enrol(
    consent: Consent,
    embeddings: readonly Float32Array[],
    options: {
      readonly isSame: (distance: number) => boolean;
      readonly claim?: Claim | undefined;
      /** The id of the ask. If its job runs twice, the attempt is logged once. */
      readonly ask?: string;
      /** The person's templates that the faces were compared with, by their ids in the dossier. */
      readonly comparedWith?: readonly string[];
      readonly now: number;
    },
  ): Promise<number>;
  /**
   * Removes one of a person's templates, by its id in the dossier. `last`: it is the person's only
   * template, and stays. `gone`: there is no such template.
   */
  drop(scope: ScopeId, person: Person, template: string): Promise<'dropped' | 'last' | 'gone'>;
  /** How many lines of the search log, in all scopes, are of the kind `enrol`. */
  attempts(): Promise<number>;
  /** The open disputes. */
  disputes(scope: ScopeId): Promise<readonly Dispute[]>;
  /**
   * Ends all open disputes of `winner` in the winner's favour: all templates of the other people in
   * them are removed. Each of these people and the winner gets an entry in the ledger and an alert.
   * Gives the number of these disputes.
   */
  decide(scope: ScopeId, winner: Person, now: number): Promise<number>;
  /**
   * The nearest people of the scope for each embedding; none in an empty scope. It gives only
   * people who agreed to enrolment under the notice in force (an option of the opener), challenge
   * nobody, and were not erased by {@link erase}. A store that checks this in a later request first
   * gives the near people's `tombstoneHash` to `near`, so that the caller can look them up
   * meanwhile.
   */
  search(scope: ScopeId, embeddings: readonly Float32Array[], near?: (ids: string[]) => void): Promise<Candidates>;
  /**
   * Logs that `finder` found these people. Each of them who still has data gets a line. The line
   * names the finder only if the finder has data too. Resolves once the lines are written. A line
   * about somebody who is erased at the same time may be written, and is then removed. With `ask`
   * (kept as a keyed hash) a repeated call writes no second line for the same ask.
   */
  recordFinds(scope: ScopeId, finder: Person, found: readonly Person[], now: number, ask?: string): Promise<void>;
  /** Lowers the person's `alerts` by `told`, the number of alerts that the person was told of. */
  acknowledge(scope: ScopeId, person: Person, told: number): Promise<void>;
  /**
   * All data about a person in a scope; undefined when there is no data. Throws `unavailable` when
   * the scope's key is unreadable.
   */
  dossier(scope: ScopeId, person: Person): Promise<Dossier | undefined>;

  /**
   * Erases a person from a scope: raises the epoch (kept in a tombstone), removes the person's
   * rows, destroys the salt, appends to the ledger. Undefined when there was nothing to erase, as
   * in a second call. Neither the person's record nor the scope's key need be readable. Bytes of
   * removed rows may stay on the disk until {@link scrub}.
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
   * Removes from the disk the bytes of all rows that were erased before the call. True when they
   * are gone, false when the caller must try again later.
   */
  scrub(): Promise<boolean>;
  /**
   * Removes data that was kept for long enough: tombstones (`TOMBSTONE_RETENTION_MS`) and lines of
   * the search log ({@link FIND_RETENTION_MS}).
   */
  tidy(now: number): Promise<void>;

  /**
   * The number of vectors in the scope, of every pack. When it is lower than the sum of `templates`
   * in its people's standings, vectors are lost.
   */
  vectors(scope: ScopeId): Promise<number>;

  /** The scope's ledger, oldest first. */
  ledger(scope: ScopeId): Promise<LedgerEntry[]>;
  /**
   * The stored entries of the scope's ledger from number `from` on. They are not checked, and
   * entries that a store still has to append are missing.
   */
  entries(scope: ScopeId, from: number): Promise<LedgerEntry[]>;
  /** The tombstones that are still kept. */
  tombstones(): Promise<Tombstone[]>;
  /**
   * Takes in erasures of which this store may know nothing, because it is an older copy. Stores
   * their tombstones, and erases each person whose epoch is lower than the tombstone's. Gives the
   * number of people whom it erased. In a scope whose key is unreadable, a store may be unable to
   * tell who is who. Then it erases nobody there. No search finds these people.
   */
  eraseAgain(erasures: readonly Tombstone[], now: number): Promise<number>;
  /**
   * The gallery's id, which all its copies share: a keyed hash, or the id that the gallery had in
   * the store from which it was moved here.
   */
  id(): Promise<string>;
  /**
   * When a second place first heard of this gallery, milliseconds since 1970; undefined if none
   * ever did.
   */
  witnessedSince(): Promise<number | undefined>;
  /** Notes when a second place first heard of this gallery. Later calls change nothing. */
  noteWitness(at: number): Promise<void>;
  /**
   * When this store was first opened with the notice in force (an option of the opener),
   * milliseconds since 1970. The time that people have to agree to that notice begins then.
   */
  noticeSince(): Promise<number>;
  /** Makes this gallery's pack the one that listeners use. Listeners call it at their start. */
  adoptPack(): Promise<void>;
  /**
   * Throws `unavailable` when listeners use another pack than this gallery's. Then nothing may be
   * searched or enrolled. The cause says what the operator has to do.
   */
  checkPack(): Promise<void>;
  /** Throws `unavailable` with the cause when the store does not answer. */
  check(): Promise<void>;
}
