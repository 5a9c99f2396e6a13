import type { Flow } from '../chat/flow.ts';
import type { Pending } from '../queue/pending.ts';

/** The parts of a running facefinder that housekeeping needs. `app/` builds them. */
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
    /**
     * Tells the second place everything that is new. Gives the ledgers that differ from what it
     * knows.
     */
    readonly gallery: { readonly catchUp: (signal?: AbortSignal) => Promise<readonly unknown[]> };
  };
  /** Lets gallery and second place tell each other of erasures, unless they have done so. */
  readonly reconcile: () => Promise<void>;
}
