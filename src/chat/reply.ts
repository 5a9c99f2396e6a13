import type { Person } from '../consent/who.ts';
import type { FailureCode } from '../failure.ts';
import type { Compared, Verdict } from '../match/verdict.ts';

export type ActionRole = 'agree' | 'decline' | 'confirm' | 'cancel';

/** A button. `id` is `<parked id>:<choice>`, at most 64 bytes of A-Za-z0-9_-: (more, some platform refuses). */
export interface Action {
  readonly id: string;
  readonly label: string;
  readonly role: ActionRole;
}

/** A JPEG with what a screen reader should say of it. */
export interface Picture {
  readonly jpeg: Uint8Array;
  readonly alt: string;
}

/** Somebody who is named for a face. Only at the nearest face of all photos of the ask it is said how near they are. */
export interface NamedMatch {
  readonly name: string;
  /** Euclidean, rounded to 0.05; 0 is the same picture. */
  readonly distance?: number;
  /** Probability that some stranger would look as close, 0..1: 1, 2 or 5 times a power of ten. There with the distance. */
  readonly chance?: number;
  readonly verdict: Exclude<Verdict, 'unknown'>;
}

/** One face of a photo, numbered as in the picture, from 1 and across all photos of the ask. */
export interface ResultFace {
  readonly number: number;
  /** x, y, width, height in pixels of the upright photo. */
  readonly box: readonly [number, number, number, number];
  readonly verdict: Verdict;
  /** Best first, at most 3; empty for `unknown`, and where somebody looks similar (`possible`) whom it would more often be wrong to name. */
  readonly matches: readonly NamedMatch[];
}

/** What the chances of an answer were computed for. */
export interface Comparison extends Compared {
  /** The group's own pairs, from 20 people on; with fewer, more on the worst group that was measured of the pack. */
  readonly chancesRestOn: 'own' | 'worst';
}

/** Whether its asker is on a photo of the ask. */
export interface PresencePhoto {
  /** As it was sent, from 1. */
  readonly number: number;
  readonly verdict: 'match' | 'possible' | 'absent';
  /** As of a {@link NamedMatch}. */
  readonly distance?: number;
  readonly chance?: number;
  /** With the asker's face framed, and everybody else blurred. */
  readonly picture?: Picture;
}

/** What a person sees. `text` is whole by itself, in their language; the rest lets a platform show it better. */
export type Reply =
  | {
      readonly kind: 'info';
      readonly text: string;
      /** For machines (the export of /mydata, the operator's public key of /privacy): plain JSON. */
      readonly data?: unknown;
      /**
       * The ask waits under this number for the group that its sender picks by their platform's own means: see {@link pickOf}. A whole
       * number of 31 bits.
       */
      readonly pick?: number;
      /** Ids of buttons under an earlier answer, which stand for what was sent now too. */
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
        /** Of the upright photo, pixels: the boxes of the faces lie in it. */
        readonly size?: readonly [width: number, height: number];
      };
      readonly faces: readonly ResultFace[];
      /** How many more faces were seen and not looked at; none when it is missing. */
      readonly left?: number;
      /** What the chances were computed for, where a platform can show how a chance comes about. */
      readonly compared?: Comparison;
      readonly actions?: readonly Action[];
      /** Shows this result to the channel, others blurred; offered on chats when somebody named agreed to be shown. */
      readonly show?: Action;
      /** Whom it names, where it is to be shown to a group: they may have it deleted. */
      readonly shows?: readonly Person[];
    }
  | {
      /** In which photos of the ask its sender is. */
      readonly kind: 'presence';
      readonly text: string;
      readonly photos: readonly PresencePhoto[];
      /** How many photos were looked at, and on how many of them the asker is for certain. */
      readonly seen: number;
      readonly found: number;
      readonly actions?: readonly Action[];
    }
  | {
      /** One photo, on which everybody whom it was asked for is unrecognisable. */
      readonly kind: 'blurred';
      readonly text: string;
      readonly picture: Picture;
      /** How many faces were seen, and how many of them are blurred. */
      readonly faces: number;
      readonly blurred: number;
      readonly actions?: readonly Action[];
    }
  | {
      readonly kind: 'receipt';
      readonly of: 'consent' | 'erasure';
      readonly text: string;
      /** Title or id of the group that it is about. */
      readonly group: string;
      /** JWS compact. */
      readonly receipt: string;
    }
  | {
      readonly kind: 'error';
      readonly text: string;
      readonly code: FailureCode;
      readonly actions?: readonly Action[];
    };
