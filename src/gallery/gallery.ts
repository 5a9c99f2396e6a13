import type { Agreement, Consent, Purpose, Standing } from '../consent/consent.ts';
import type { LedgerEntry } from '../consent/ledger.ts';
import type { Person, Place, ScopeId } from '../consent/who.ts';
import type { OwnPairs } from '../match/own-pairs.ts';
import type { Damage } from './damage.ts';
import type { Erasure, ErasureOptions, ErasureReason, Tombstone } from './erasure.ts';
import type { Configurable, Entrance } from './groups.ts';

/** At most this many templates of one person in one scope; a newer one takes the place of the oldest. */
export const MAX_TEMPLATES = 5;

/** What {@link Gallery.tidy} keeps of the search log: 90 days. */
export const FIND_RETENTION_MS = 90 * 24 * 60 * 60 * 1000;

/** The pack version whose embeddings a gallery compares; others are never mixed in. */
export interface PackVersion {
  /** `<name>@<version>`. */
  readonly id: string;
  readonly dims: number;
}

/** Somebody enrolled whose nearest template is this close. */
export interface Candidate {
  readonly person: Person;
  /** Euclidean distance of L2-normalised embeddings, exact whatever the store's quantisation. */
  readonly distance: number;
  /** This person agreed that results naming them may be shown to the channel. */
  readonly shown: boolean;
}

export interface Candidates {
  /** N: searchable templates of this pack in the scope, the size that chances are computed with. */
  readonly templates: number;
  /**
   * How near the people whom a search may see are to each other, as of now; missing where they are fewer than ten. It is worked
   * out from the templates whenever they changed, and stored nowhere: nothing of it is left of whoever was erased.
   */
  readonly own?: OwnPairs;
  /** One list per embedding given, in order: at most 3 people, nearest first. */
  readonly faces: readonly (readonly Candidate[])[];
}

/** Two scopes with people in them that are one group's. */
export interface Split {
  readonly from: ScopeId;
  readonly to: ScopeId;
}

/** One line of the search log, as the person it concerns may read it. */
export interface FoundBy {
  readonly at: number;
  /** `enrol`: somebody tried to enrol this face. */
  readonly kind: 'find' | 'enrol';
  /** The finder's name; undefined once the finder was erased, and of whoever tried to enrol this face. */
  readonly finder?: string;
}

/** Of a face that somebody else has enrolled: it is the person's own, or that of somebody who looks alike. */
export type Claim = 'mine' | 'another';

/** Two people of one face: whoever has it enrolled, and whoever says that it is theirs. */
export interface Dispute {
  readonly holder: Person;
  readonly challenger: Person;
}

/** All that is held about one person in one scope. */
export interface Dossier {
  readonly person: Person;
  readonly standing: Standing;
  /** The side this person has in an open dispute. */
  readonly dispute?: keyof Dispute;
  /** Oldest first. */
  readonly templates: readonly {
    /** Names it in this store: at most 36 characters of A-Za-z0-9-. */
    readonly id: string;
    readonly pack: string;
    readonly enrolledAt: number;
    /** Hidden from searches while this person challenges the holder of the face. */
    readonly hidden: boolean;
    readonly embedding: Float32Array;
  }[];
  readonly events: readonly LedgerEntry[];
  /** Latest first. */
  readonly foundBy: readonly FoundBy[];
}

/**
 * Faces and the ledger's storage. Ids, names and vectors are sealed or transformed before they reach a disk.
 * Every method throws `unavailable` when the store cannot be reached or refuses writes; nothing is half-written then.
 */
export interface Gallery extends Configurable, AsyncDisposable {
  /** The scope that `place` points to; made at first sight, once, whoever asks at the same time. */
  scope(place: Place): Promise<ScopeId>;
  /** The same, or undefined where there is none: to ask, or to show a notice, stores nothing of a place. */
  scopeOf(place: Place): Promise<ScopeId | undefined>;
  /**
   * Makes two places one for ever (a group became a supergroup): both point to one scope, made when neither had any, so that
   * whatever names the old id later still means this group. Of two scopes the inhabited one stays. Where both have people nothing
   * is changed, and both are given: those of `from` are to be carried over to `to`, and this to be called again. The settings of
   * the one that stays hold; where it has none, those of the other.
   */
  movePlace(from: Place, to: Place): Promise<Split | undefined>;
  /** Every place that means the group of this one, the one that came last first; of an unknown place itself alone. */
  placesOf(place: Place): Promise<readonly Place[]>;
  /**
   * The scopes in which this person has any record, each with the place that pointed to it last; undefined where that cannot be
   * read any more.
   */
  scopesOf(person: Person): Promise<{ readonly scope: ScopeId; readonly place: Place | undefined }[]>;
  /** Every scope with the places that point to it. */
  scopes(): Promise<{ readonly scope: ScopeId; readonly places: readonly Place[] }[]>;
  /** Everybody with a record in the scope. */
  people(scope: ScopeId): Promise<{ readonly person: Person; readonly standing: Standing }[]>;
  /**
   * Removes a scope without people: its key, its places, its settings. The ledger of salted hashes stays. `internal` when it has people.
   * Nothing happens when it is unknown.
   */
  dropScope(scope: ScopeId): Promise<void>;

  /** Realtime: sees every write that has resolved. */
  standing(scope: ScopeId, person: Person): Promise<Standing>;
  /** What {@link scopeOf} and {@link standing} say, for an ask that waits: in one round trip where the place is known. */
  entrance(place: Place, person: Person): Promise<Entrance>;
  /** Appends an agreement to the ledger and remembers the person's name. `expired` when they were erased since `epoch`. */
  agree(scope: ScopeId, person: Person, purpose: Purpose, agreement: Agreement, epoch: number): Promise<Standing>;

  /** Takes over the name that others see now: the one before stands nowhere then. An empty one, or a stranger's, is passed over. */
  rename(scope: ScopeId, person: Person): Promise<void>;

  /**
   * Stores templates of the consenting person, L2-normalised embeddings of this gallery's pack, all or none, in one step with the
   * ledger's entry. Checks again inside the write: `expired` when the epoch or the agreement changed since; `face_taken` when
   * `isSame(distance)` holds for a template of somebody else in the scope; that attempt is logged for them and raises their
   * `alerts`, once for each `ask`. With `claim: 'mine'` it is stored all the same, and this person, the challenger, is found by
   * nobody until the dispute ends: one of the two is erased, or {@link decide}d against. The earlier holder stays findable, and
   * nothing is taken from them by a challenger. With `claim: 'another'`, of somebody who looks alike, it is stored like any other.
   * `rate_limited` when there were too many such attempts by this person or about that one: see `src/gallery/rules/enrol.ts`.
   * Resolves once a search sees it; gives the templates of this pack that are held now.
   */
  enrol(
    consent: Consent,
    embeddings: readonly Float32Array[],
    options: {
      readonly isSame: (distance: number) => boolean;
      readonly claim?: Claim | undefined;
      /** What the attempt belongs to: its job may be done twice. */
      readonly ask?: string;
      readonly now: number;
    },
  ): Promise<number>;
  /** Removes one template of several, by its id in the dossier. `last`: the only one, which stays; `gone`: there is none such. */
  drop(scope: ScopeId, person: Person, template: string): Promise<'dropped' | 'last' | 'gone'>;
  /** How often somebody sent a face to be enrolled that somebody else has enrolled, as far back as the search log goes. */
  attempts(): Promise<number>;
  /** Disputes that are open. */
  disputes(scope: ScopeId): Promise<readonly Dispute[]>;
  /**
   * Ends every open dispute of `winner` in their favour: all templates of the others are removed. Each of them, and the winner,
   * has it in the ledger and is alerted. Gives how many disputes it ended.
   */
  decide(scope: ScopeId, winner: Person, now: number): Promise<number>;
  /**
   * Nearest people of the scope for each embedding, among those who agreed to be enrolled under the notice in force (an option
   * of the opener) and challenge nobody. Never sees what {@link erase} has removed. Empty for an empty scope.
   * Where it must ask once more who of those near may be found, it tells `near` of them first: their ids by `tombstoneHash`.
   */
  search(scope: ScopeId, embeddings: readonly Float32Array[], near?: (ids: string[]) => void): Promise<Candidates>;
  /**
   * Logs, for each person found who is still there, that `finder` found them; a finder of whom nothing is held stays unnamed.
   * Resolves once the lines are there; one about somebody who is erased at this very moment is taken back after that.
   * With the id of an `ask` (kept as a keyed hash) each person has one line of it, however often it is recorded.
   */
  recordFinds(scope: ScopeId, finder: Person, found: readonly Person[], now: number, ask?: string): Promise<void>;
  /** Lowers the person's `alerts` by those they were told of; one that came meanwhile is still to be told. */
  acknowledge(scope: ScopeId, person: Person, told: number): Promise<void>;
  /** Undefined when nothing is held. */
  dossier(scope: ScopeId, person: Person): Promise<Dossier | undefined>;

  /**
   * Erases a person from a scope in one step: raises the epoch (kept by a keyed-hash tombstone), removes rows, destroys the salt,
   * appends to the ledger. Undefined when nothing was held (a second call). Bytes may stay on disk until {@link scrub}.
   */
  erase(
    scope: ScopeId,
    person: Person,
    reason: ErasureReason,
    now: number,
    options?: ErasureOptions,
  ): Promise<Erasure | undefined>;
  /** Reads back, from the store itself, how many rows of this person are left, templates included: 0 after an erasure. */
  remaining(scope: ScopeId, person: Person): Promise<number>;
  /** Makes the bytes of all that was erased leave the disk; true when that is done, false when it must be tried again later. */
  scrub(): Promise<boolean>;
  /** Removes what is past its retention: tombstones (`TOMBSTONE_RETENTION_MS`), the search log ({@link FIND_RETENTION_MS}). */
  tidy(now: number): Promise<void>;

  /** Looks at every value that is stored, and changes nothing. */
  damage(): Promise<Damage>;
  /**
   * Puts right what can be, writes anew what the rest of the store tells, and removes templates and records of people that
   * nothing can read any more. Keys of groups and places stay as they are. Gives what it found.
   */
  mend(now: number): Promise<Damage>;
  /** How many vectors are stored in the scope, of every pack: as many as its people's standings say, else some are lost. */
  vectors(scope: ScopeId): Promise<number>;

  /** The scope's ledger, oldest first. */
  ledger(scope: ScopeId): Promise<LedgerEntry[]>;
  /** Its entries from this number on, as they stand there: nothing of them is checked, and nothing that is owed is added. */
  entries(scope: ScopeId, from: number): Promise<LedgerEntry[]>;
  /** What is left of erasures, as far as it is kept. */
  tombstones(): Promise<Tombstone[]>;
  /**
   * Erases again whoever is held here with a life from before one of these erasures, of which this store knows nothing (any more),
   * and remembers them. Gives how many it erased.
   */
  eraseAgain(erasures: readonly Tombstone[], now: number): Promise<number>;
  /** Names this gallery and every copy of it: a keyed hash, or what it was told to be when it came from another store. */
  id(): Promise<string>;
  /** When a second place was first told of this gallery, milliseconds since 1970; undefined when none ever was. */
  witnessedSince(): Promise<number | undefined>;
  /** Remembers that a second place knows of it since then; the first time stays. */
  noteWitness(at: number): Promise<void>;
  /**
   * When this store was first opened with the notice in force (an option of the opener), milliseconds since 1970:
   * from then on people have their time to agree again.
   */
  noticeSince(): Promise<number>;
  /** From now on the listeners of this store work with this gallery's pack; said when they start. */
  adoptPack(): Promise<void>;
  /**
   * Throws `unavailable` while the listeners work with another pack than this gallery's, with a cause that says what to do:
   * nothing may be searched or enrolled then.
   */
  checkPack(): Promise<void>;
  /** Throws `unavailable` with the cause when the store does not answer. */
  check(): Promise<void>;
}
