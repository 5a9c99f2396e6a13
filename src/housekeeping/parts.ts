import type { Flow } from '../chat/flow.ts';
import type { Pending } from '../queue/pending.ts';

/** What housekeeping needs of a running facefinder; the house that `app/` builds has it all. */
export interface Kept {
  readonly flow: Pick<
    Flow,
    | 'couriers'
    | 'gallery'
    | 'placeholders'
    | 'unproven'
    | 'disclosure'
    | 'shown'
    | 'sentPhotos'
    | 'eraser'
    | 'keys'
    | 'log'
    | 'metrics'
    | 'pack'
    | 'sameFace'
    | 'now'
  >;
  readonly stores: {
    readonly pending: Pending;
    /** Gives the ledgers that are no longer what a second place knows, once that knows all that is new. */
    readonly gallery: { readonly catchUp: (signal?: AbortSignal) => Promise<readonly unknown[]> };
  };
  /** Lets gallery and second place tell each other of erasures, unless that was done already. */
  readonly reconcile: () => Promise<void>;
}
