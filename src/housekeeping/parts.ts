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
    | 'eraser'
    | 'keys'
    | 'log'
    | 'metrics'
    | 'pack'
    | 'sameFace'
    | 'now'
  >;
  readonly stores: { readonly pending: Pending };
}
