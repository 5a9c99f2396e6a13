import type { Consent, Purpose, Standing } from '../consent/consent.ts';
import type { GroupRules } from '../consent/settings.ts';
import type { Place, ScopeId } from '../consent/who.ts';
import type { Faces } from '../face/face.ts';
import type { CommandName, Words } from '../text/words.ts';
import type { Ask, PhotoRef } from './ask.ts';
import type { Reply } from './reply.ts';

/** What every command is given. */
export interface CommandCall {
  readonly ask: Ask;
  /** Sentences in the asker's language. */
  readonly words: Words;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** A call by somebody whom the platform confirms as an admin of the group. */
export interface AdminCall extends CommandCall {
  readonly place: Place;
}

/** A call with photos, inside a group and in a worker. The asker has agreed to the purpose. */
export interface PhotoCall extends CommandCall {
  readonly scope: ScopeId;
  /** The group that the scope belongs to. */
  readonly place: Place;
  readonly rules: GroupRules;
  readonly signal: AbortSignal;
  readonly consent: Consent;
  /**
   * Each function fetches one photo, with the consent of this call. Fetch one at a time, so that
   * memory holds one. Fails like {@link Courier.fetchPhoto}.
   */
  readonly photos: readonly (() => Promise<Uint8Array>)[];
  /**
   * Fetches a photo of an earlier ask, with the consent of this call. It fails like {@link photos}.
   */
  readonly open: (photo: PhotoRef) => Promise<Uint8Array>;
  readonly faces: Faces;
  /**
   * Delays the answer until this work is done. The command itself does not wait for it. If the work
   * fails, the answer fails too.
   */
  readonly answerAfter: (work: Promise<unknown>) => void;
}

/**
 * The name of a command whose words describe its photos: see `commands` in
 * `src/text/languages/en.json`.
 */
export type PhotoCommandName = {
  [Name in CommandName]: Words['commands'][Name] extends { photo: unknown; addPhotos: unknown } ? Name : never;
}[CommandName];

/** A command that runs at once and anywhere: with or without a group, and without photos. */
export interface PlainDeclaration {
  /** The name after the slash. Every language has its words under this name. */
  readonly name: CommandName;
  readonly kind: 'anywhere';
  /**
   * Whether the answer is about its asker. If not, a permanent link may open the command for
   * anybody.
   */
  readonly isPersonal: boolean;
}

/** A command for the admins of a group, about that group. It runs at once, without photos. */
export interface AdminDeclaration {
  /** The name after the slash. Every language has its words under this name. */
  readonly name: CommandName;
  readonly kind: 'admins';
}

/**
 * A command with photos. It needs a group and consent to its purpose. Only such commands are queued
 * and run by a worker.
 */
export interface PhotoDeclaration {
  /** The name after the slash. Every language has its words under this name. */
  readonly name: PhotoCommandName;
  readonly kind: 'photos';
  /** The purpose that the asker has to agree to. It may depend on the ask and on the asker. */
  readonly purpose: Purpose | ((ask: Ask, standing: Standing) => Purpose);
  /**
   * Whether the command compares no face for this ask, whatever its purpose. Then the ask reveals
   * nothing, and counts as no search. By default, only asks for the purpose `blur` compare none.
   */
  readonly comparesNobody?: (ask: Ask) => boolean;
  /** Whether people can add the word in `blur.option`, so that the command is about them too. */
  readonly hasAll?: true;
  /**
   * Whether the operator switched the command off. Then nothing offers it, and people who type it
   * get an explanation.
   */
  readonly isOff?: true;
  /**
   * Whether the ask is about the asker's own face and brings no selfie. People who are not enrolled
   * in the group are told to enrol first.
   */
  readonly needsEnrolment?: (ask: Ask) => boolean;
  /**
   * How many photos one ask has, and whom they show. `sender`: they are selfies, which are sent in
   * private.
   */
  readonly photos: { readonly min: number; readonly max: number; readonly of: 'sender' | 'anybody' };
}

/** The purpose that the sender of this ask has to agree to. */
export function purposeOf({ purpose }: Pick<PhotoDeclaration, 'purpose'>, ask: Ask, standing: Standing): Purpose {
  return typeof purpose === 'string' ? purpose : purpose(ask, standing);
}

/** Whether an ask with this purpose compares faces of its photos with those of enrolled people. */
export function isSearch({ comparesNobody }: Pick<PhotoDeclaration, 'comparesNobody'>, ask: Ask, purpose: Purpose) {
  return (purpose === 'search' || purpose === 'self') && comparesNobody?.(ask) !== true;
}

/**
 * What a platform needs to know of a command. Its menus, links, forms and buttons are made from
 * this.
 */
export type Declaration = PlainDeclaration | AdminDeclaration | PhotoDeclaration;

/** Whether menus, buttons and lists show a command. */
export function isOffered(command: Declaration): boolean {
  return command.kind !== 'photos' || command.isOff !== true;
}

/**
 * Whether a command is offered under these rules: the admins of a group may switch searches off.
 */
export function isOfferedUnder(command: Declaration, { findBy }: Pick<GroupRules, 'findBy'>): boolean {
  const isSearch = command.kind === 'photos' && command.purpose === 'search';
  return isOffered(command) && !(isSearch && findBy === 'self');
}

/**
 * What a look finds on one photo. `again`: a second look at the photo, together with photos that
 * surely show the asker, may find the asker on it.
 */
export interface Looked {
  readonly verdict: 'match' | 'possible' | 'absent';
  readonly again: boolean;
}

/**
 * Gives a function that says whether the asker is on one photo of a series. The series has at most
 * `all` photos. Each is judged as if all of them were compared at once, so that the chance of a
 * wrong match holds for the whole series. `sure`: photos that surely show the asker; with them,
 * this is the second and last look at a photo. Throws Failure.
 */
export type Look = (
  call: PhotoCall,
  about: { readonly all: number; readonly sure?: readonly Uint8Array[] | undefined },
) => Promise<(photo: Uint8Array) => Promise<Looked>>;

/**
 * A command that people can type. `run` returns what replaces the placeholder; it throws Failure.
 */
export type Command =
  | (PlainDeclaration & { readonly run: (call: CommandCall) => Promise<Reply[]> })
  | (AdminDeclaration & { readonly run: (call: AdminCall) => Promise<Reply[]> })
  | (PhotoDeclaration & {
      readonly run: (call: PhotoCall) => Promise<Reply[]>;
      /** Present when people may go on sending photos after this command, see {@link Series}. */
      readonly look?: Look;
    });
