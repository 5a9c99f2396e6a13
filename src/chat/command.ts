import type { Consent, Purpose, Standing } from '../consent/consent.ts';
import type { GroupRules } from '../consent/settings.ts';
import type { Place, ScopeId } from '../consent/who.ts';
import type { Faces } from '../face/face.ts';
import type { CommandName, Words } from '../text/words.ts';
import type { Ask, PhotoRef } from './ask.ts';
import type { Reply } from './reply.ts';

/** What every command is given. */
export interface Turn {
  readonly ask: Ask;
  /** Sentences in the asker's language. */
  readonly words: Words;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A turn of an admin of the group, shown to be one by its platform. */
export interface AdminTurn extends Turn {
  readonly place: Place;
}

/** A turn that carries photos, inside a group and in a worker: its sender agreed. */
export interface PhotoTurn extends Turn {
  readonly scope: ScopeId;
  /** The group, whose scope that is. */
  readonly place: Place;
  readonly rules: GroupRules;
  readonly signal: AbortSignal;
  readonly consent: Consent;
  /**
   * Each fetches one photo, with that consent; one at a time, so that memory holds one. Failures as
   * for {@link Courier}.
   */
  readonly photos: readonly (() => Promise<Uint8Array>)[];
  /** Fetches a photo that was sent before, with that consent and the same failures. */
  readonly open: (photo: PhotoRef) => Promise<Uint8Array>;
  readonly faces: Faces;
  /** The answer is given only once this work is done, which it need not wait for; what it fails with is the answer's failure. */
  readonly answerAfter: (work: Promise<unknown>) => void;
}

/**
 * A command whose words say what its photos are: see `commands` in `src/text/languages/en.json`.
 */
export type PhotoCommandName = {
  [Name in CommandName]: Words['commands'][Name] extends { photo: unknown; addPhotos: unknown } ? Name : never;
}[CommandName];

/** A command that runs at once and anywhere: with or without a group, and without photos. */
export interface PlainDeclaration {
  /** As typed after the slash. Its words stand in every language under the same name. */
  readonly name: CommandName;
  readonly kind: 'anywhere';
  /**
   * Whether the answer is about its asker. One that is not may be opened by anybody, by a link that
   * never expires.
   */
  readonly isPersonal: boolean;
}

/** A command for the admins of a group, about that group; it runs at once and without photos. */
export interface AdminDeclaration {
  /** As typed after the slash. Its words stand in every language under the same name. */
  readonly name: CommandName;
  readonly kind: 'admins';
}

/**
 * A command that needs photos, a group, and consent to its purpose: it alone is queued, and run by
 * a worker.
 */
export interface PhotoDeclaration {
  /** As typed after the slash. Its words stand in every language under the same name. */
  readonly name: PhotoCommandName;
  readonly kind: 'photos';
  /** What its sender has to agree to; it may depend on what was asked for, and by whom. */
  readonly purpose: Purpose | ((ask: Ask, standing: Standing) => Purpose);
  /** An option by which it is about everybody, asker included; it is typed as `commands.….all` says. */
  readonly hasAll?: true;
  /** The operator switched it off: nothing offers it, and it says so to whoever types it. */
  readonly isOff?: true;
  /** It is about the asker's own face: whoever is not enrolled in the group is told to do that first. */
  readonly needsEnrolment?: true;
  /**
   * How many photos one ask brings, and whom they show: `sender` means selfies, which are sent in
   * private.
   */
  readonly photos: { readonly min: number; readonly max: number; readonly of: 'sender' | 'anybody' };
}

/** What the sender of this ask has to agree to. */
export function purposeOf({ purpose }: Pick<PhotoDeclaration, 'purpose'>, ask: Ask, standing: Standing): Purpose {
  return typeof purpose === 'string' ? purpose : purpose(ask, standing);
}

/**
 * All that a platform needs to know of a command. Menus, links, forms and buttons are derived from
 * it.
 */
export type Declaration = PlainDeclaration | AdminDeclaration | PhotoDeclaration;

/** Whether menus, buttons and lists name it. */
export function isOffered(command: Declaration): boolean {
  return command.kind !== 'photos' || command.isOff !== true;
}

/** What a person can type. `run` returns what replaces the placeholder; throws Failure. */
export type Command =
  | (PlainDeclaration & { readonly run: (turn: Turn) => Promise<Reply[]> })
  | (AdminDeclaration & { readonly run: (turn: AdminTurn) => Promise<Reply[]> })
  | (PhotoDeclaration & { readonly run: (turn: PhotoTurn) => Promise<Reply[]> });
