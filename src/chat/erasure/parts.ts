import type { ReceiptSigner } from '../../consent/receipt.ts';
import type { Person } from '../../consent/who.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { Log } from '../../log.ts';
import type { Pending } from '../../queue/pending.ts';
import type { Queue } from '../../queue/queue.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Address } from '../ask.ts';
import type { Courier } from '../courier.ts';
import type { Disclosure } from '../disclosure.ts';
import type { Heard } from '../heard.ts';
import type { Placeholders } from '../placeholders.ts';
import type { SentPhotos } from '../sent-photos.ts';
import type { ShownResults } from '../shown.ts';
import type { Task } from './task.ts';

/** What keeps tasks. */
export interface TaskParts {
  /** What neither shelf nor queue took (Redis is full to the brim, say), until one of them does. */
  readonly homeless: Set<Task>;
  /** Who asked to be erased while nothing could be written down: until when nobody is told of them. By platform and id. */
  readonly leaving: Map<string, number>;
  readonly pending: Pending;
  readonly queue: Queue;
  readonly keys: Keys;
  readonly log: Log;
  readonly now: () => number;
}

/** What erases people. */
export interface EraserParts extends TaskParts {
  readonly gallery: Gallery;
  readonly placeholders: Placeholders;
  readonly disclosure: Disclosure;
  readonly shown: Pick<ShownResults, 'takeBack'>;
  readonly sentPhotos: Pick<SentPhotos, 'drop' | 'dropSearches'>;
  readonly courier: (address: Address) => Courier;
  readonly signer: ReceiptSigner;
  readonly heard: Pick<Heard, 'drop'>;
  /** Drops what this process alone holds of a person: uploads and pictures of the page. */
  readonly dropLocal: (person: Person) => void;
}
