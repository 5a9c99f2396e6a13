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
    /** See `catchUp` in `src/witness/witnessed.ts`. */
    readonly gallery: { readonly catchUp: (signal?: AbortSignal) => Promise<readonly unknown[]> };
  };
}
