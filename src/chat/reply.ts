import type { Person } from '../consent/who.ts';
import type { FailureCode } from '../failure.ts';
import type { Compared, Verdict } from '../match/verdict.ts';

export type ActionRole = 'agree' | 'decline' | 'confirm' | 'cancel';

/**
 * A button. `id` is `<parked id>:<choice>`, at most 64 bytes of A-Za-z0-9_-: because a platform may
 * refuse more.
 */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly role: ActionRole;
}

/** A JPEG, with its text for screen readers. */
export interface Picture {
  readonly jpeg: Uint8Array;
  readonly alt: string;
}

/**
 * Somebody who is named at a face. When several faces of the ask's photos get this person's name,
 * only the one nearest to the person's template has the distance.
 */
export interface NamedMatch {
  readonly name: string;
  /** Euclidean distance, rounded to 0.05; 0 is the same picture. */
  readonly distance?: number;
  /**
   * The probability that some stranger looks this close, 0..1: 1, 2 or 5 times a power of ten.
   * Present with the distance.
   */
  readonly chance?: number;
  readonly verdict: Exclude<Verdict, 'unknown'>;
}

/** One face of a photo. The picture shows its number, which counts from 1 over all photos. */
export interface ResultFace {
  readonly number: number;
  /** x, y, width, height in pixels of the upright photo. */
  readonly box: readonly [number, number, number, number];
  readonly verdict: Verdict;
  /**
   * The best match comes first; at most 3. Empty for `unknown`, and for a `possible` whose name
   * would be wrong more often than right.
   */
  readonly matches: readonly NamedMatch[];
}

/** The numbers behind the chances of an answer. */
export interface Comparison extends Compared {
  /**
   * Which pairs of people the chances are mostly computed from. `own`: people in this group, if it
   * has 20 people or more. `worst`: the population for which the pack was measured to be worst.
   */
  readonly chancesRestOn: 'own' | 'worst';
}

/** Whether the asker is on one photo of the ask. */
export interface PresencePhoto {
  /** The photo's number among the photos that were sent, from 1. */
  readonly number: number;
  readonly verdict: 'match' | 'possible' | 'absent';
  /** See {@link NamedMatch}. */
  readonly distance?: number;
  readonly chance?: number;
  /**
   * Set when the ask has only a part of an album, and the asker may be on this photo. A second look
   * may find them for certain, if the photo is sent again together with photos that show them.
   */
  readonly again?: true;
  /** The photo with a frame around the asker's face, and everybody else blurred. */
  readonly picture?: Picture;
}

/**
 * What a person sees. `text` alone says everything, in their language. The other fields let a
 * platform show it better.
 */
export type Reply =
  | {
      readonly kind: 'info';
      readonly text: string;
      /**
       * Plain JSON for machines: the export of /mydata, or the operator's public key of /privacy.
       */
      readonly data?: unknown;
      /**
       * The number under which the ask waits until its sender picks a group with the platform's own
       * means: see {@link pickOf}. A whole number of 31 bits.
       */
      readonly pick?: number;
      /**
       * The ids of buttons under an earlier answer. From now on they also stand for the photos that
       * were just sent.
       */
      readonly joins?: readonly string[];
    }
  | {
      readonly kind: 'consent';
      readonly text: string;
      readonly notice: { readonly version: number; readonly hash: string };
      readonly actions: readonly Action[];
    }
  | { readonly kind: 'confirm'; readonly text: string; readonly actions: readonly Action[] }
  | { readonly kind: 'enrolled'; readonly text: string; readonly templates: number }
  | {
      readonly kind: 'result';
      readonly text: string;
      readonly picture?: Picture & {
        /** Size of the upright photo in pixels, for the boxes of its faces. */
        readonly size?: readonly [width: number, height: number];
      };
      readonly faces: readonly ResultFace[];
      /**
       * A sentence that says how many of the people are enrolled, for a platform that draws the
       * faces itself.
       */
      readonly summary?: string;
      /**
       * The sentences of `text` about faces that were found but not looked at, for a platform that
       * draws the faces itself.
       */
      readonly notes?: readonly string[];
      /** The numbers behind the chances, if a platform can explain them. */
      readonly compared?: Comparison;
      readonly actions?: readonly Action[];
      /**
       * The button that asks for an explanation of the numbers, where the platform does not explain
       * them by itself.
       */
      readonly details?: Action;
      /**
       * The button that shows this result to the group. It is there when somebody whom the result
       * names agreed to be shown. The group sees everybody else blurred.
       */
      readonly show?: Action;
      /** The people whom a result for a group names. Each may have the result deleted. */
      readonly shows?: readonly Person[];
    }
  | {
      /** Says which photos of the ask show its sender. */
      readonly kind: 'presence';
      readonly text: string;
      readonly photos: readonly PresencePhoto[];
      /** How many photos were looked at, and how many of these certainly show the asker. */
      readonly seen: number;
      readonly found: number;
      /** The asker is not enrolled: the first photo was the selfie that was compared. */
      readonly bySelfie?: true;
      /** The sentence of `text` that says how more photos are found, if it has one. */
      readonly advice?: string;
      readonly actions?: readonly Action[];
    }
  | {
      /** One photo in which all requested people are unrecognisable. */
      readonly kind: 'blurred';
      readonly text: string;
      readonly picture: Picture;
      /** How many faces were found, and how many of them are blurred. */
      readonly faces: number;
      readonly blurred: number;
      readonly actions?: readonly Action[];
    }
  | {
      readonly kind: 'receipt';
      readonly of: 'consent' | 'erasure';
      readonly text: string;
      /** Title or id of the group concerned. */
      readonly group: string;
      /** The receipt, a JWS in compact form. */
      readonly receipt: string;
    }
  | {
      readonly kind: 'error';
      readonly text: string;
      readonly code: FailureCode;
      /**
       * The command that the text tells the person to send next, where the code alone does not
       * tell.
       */
      readonly next?: 'enroll';
      readonly actions?: readonly Action[];
    };
