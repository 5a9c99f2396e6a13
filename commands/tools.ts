import type { Ask } from '../src/chat/ask.ts';
import type { Parked } from '../src/chat/buttons/parked.ts';
import type { WrongNames } from '../src/chat/buttons/wrong-names.ts';
import type { Membership, NameNow } from '../src/chat/courier.ts';
import type { Eraser } from '../src/chat/erasure/eraser.ts';
import type { Flow } from '../src/chat/flow.ts';
import type { GesturesAsked } from '../src/chat/gestures/gestures-asked.ts';
import type { Disclosure } from '../src/chat/limits/disclosure.ts';
import type { SelfieAsks } from '../src/chat/limits/selfie-asks.ts';
import type { PolicyFacts } from '../src/chat/rights/policy.ts';
import type { SentPhotos } from '../src/chat/sent-photos.ts';
import type { DailyPhotos } from '../src/chat/series/daily-photos.ts';
import type { Series } from '../src/chat/series/series.ts';
import type { ShownResults } from '../src/chat/showing/shown.ts';
import type { GroupRules } from '../src/consent/settings.ts';
import type { Place, Platform, ScopeId } from '../src/consent/who.ts';
import type { Dossier, Gallery } from '../src/gallery/gallery.ts';
import type { Matcher } from '../src/match/matcher.ts';
import type { CommandName } from '../src/text/words.ts';

/** What the commands work with, apart from the ask. */
export interface Tools {
  /** The names of the commands that these rules allow, in the order in which they are shown. */
  readonly offered: (rules: GroupRules) => readonly CommandName[];
  readonly gallery: Gallery;
  readonly parked: Parked;
  readonly gestures: GesturesAsked;
  readonly disclosure: Disclosure;
  readonly shown: ShownResults;
  readonly sentPhotos: SentPhotos;
  readonly selfieAsks: SelfieAsks;
  readonly dailyPhotos: DailyPhotos;
  readonly series: Pick<Series, 'of'>;
  readonly eraser: Eraser;
  readonly wrongNames: WrongNames;
  /** Counts a case in which somebody was harmed: see the metrics. */
  readonly harmed: Flow['metrics']['harmed'];
  /** The facts of the privacy policy, in the language of a locale. */
  readonly policy: (locale: string) => PolicyFacts;
  /** Signed receipts of all agreements of a person in a group. */
  readonly receiptsOf: (place: Place, held: Dossier) => Promise<readonly string[]>;
  /** Shows an invitation to a whole group. Fails as the courier does. */
  readonly invite: (ask: Ask, place: Place) => Promise<'posted' | 'refused' | 'alone'>;
  readonly matcher: Matcher;
  /** Id of the pack whose embeddings are compared. */
  readonly pack: string;
  /** Whether the pack finds the points of a face by which gestures are seen. */
  readonly seesGestures: boolean;
  /** Whether the bot gets a photo that is sent without a command. */
  readonly hearsMessages: (platform: Platform) => boolean;
  readonly membership: (place: Place, personId: string) => Promise<Membership>;
  /** A member's present name: see {@link Courier.nameNow}. */
  readonly nameNow: (place: Place, personId: string) => NameNow | undefined;
  /** The operator's rules for every group. A group's admins may be stricter. */
  readonly rules: GroupRules;
  /** The operator's public key for receipts, a JWK. */
  readonly publicKey: Readonly<Record<string, unknown>>;
  /** The head of a group's ledger, signed now, a JWS. */
  readonly ledgerHead: (scope: ScopeId) => Promise<string>;
  /** A link to a channel of a place: see {@link Courier}. */
  readonly channelLink: (place: Place, channel: string) => string | undefined;
  /** Those of these channels that a place still has. */
  readonly channelsThere: (place: Place, channels: readonly string[]) => Promise<readonly string[]>;
  /** Whether the platform shows everything on the asker's own machine and sends it nowhere. */
  readonly isOwnMachine: (platform: Platform) => boolean;
  readonly contact: string | undefined;
  /** The version of facefinder. */
  readonly version: string;
}
