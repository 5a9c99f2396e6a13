import type { ReceiptSigner } from '../../consent/receipt.ts';
import type { Person } from '../../consent/who.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { Log } from '../../log.ts';
import type { Pending } from '../../queue/pending.ts';
import type { Queue } from '../../queue/queue.ts';
import type { Keys } from '../../secrets/keys.ts';
import type { Heard } from '../answering/heard.ts';
import type { Placeholders } from '../answering/placeholders.ts';
import type { Address } from '../ask.ts';
import type { Courier } from '../courier.ts';
import type { Disclosure } from '../limits/disclosure.ts';
import type { SentPhotos } from '../sent-photos.ts';
import type { Series } from '../series/series.ts';
import type { ShownResults } from '../showing/shown.ts';
import type { Task } from './task.ts';

/** The parts that keep tasks. */
export interface TaskParts {
  /**
   * Tasks that neither the shelf nor the queue has accepted yet, because Redis is full, for
   * example.
   */
  readonly unstored: Set<Task>;
  /**
   * People whom answers do not name, by platform and id. They are being erased, or they asked for
   * it and it could not be noted. The value says until when answers do not name them, milliseconds
   * since 1970.
   */
  readonly leaving: Map<string, number>;
  readonly pending: Pending;
  readonly queue: Queue;
  readonly keys: Keys;
  readonly log: Log;
  readonly now: () => number;
}

/** The parts that erase people. */
export interface EraserParts extends TaskParts {
  readonly gallery: Gallery;
  readonly placeholders: Placeholders;
  readonly disclosure: Disclosure;
  readonly shown: Pick<ShownResults, 'takeBack'>;
  readonly sentPhotos: Pick<SentPhotos, 'drop' | 'dropSearches'>;
  readonly series: Pick<Series, 'of' | 'change'>;
  readonly courier: (address: Address) => Courier;
  readonly signer: ReceiptSigner;
  readonly heard: Pick<Heard, 'drop'>;
  /** Drops what only this process holds about a person: uploads and pictures of the page. */
  readonly dropLocal: (person: Person) => void;
}
