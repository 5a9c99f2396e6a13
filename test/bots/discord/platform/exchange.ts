import { EventEmitter, once } from 'node:events';
import { COMPONENTS, EPHEMERAL, referencesIn } from './reading.ts';
import type { Shown, ShownFile } from './shown.ts';
import { snowflake } from './world.ts';

/** The bot's first answer to an interaction. */
export interface Acknowledgement {
  readonly type: number;
  readonly data?: { readonly flags?: number; readonly content?: string } & Readonly<Record<string, unknown>>;
  readonly afterMs: number;
}

/** One interaction and everything that the bot did about it. */
export class Exchange {
  readonly id: string;
  readonly token: string;
  readonly sentAt = performance.now();
  ack: Acknowledgement | undefined;
  /**
   * How often an edit of `@original` made it an answer. Progress and changed buttons do not count.
   */
  edits = 0;
  /**
   * What `@original` shows. After a press this is at first the message with the button. Undefined
   * while there is no answer, and once it is deleted.
   */
  original: Shown | undefined;
  isDeleted = false;
  /** Whether the 15 minutes are over in which Discord accepts answers. */
  isExpired = false;
  readonly followUps: Shown[] = [];
  readonly #changes = new EventEmitter();

  constructor(id: string, token: string, original?: Shown) {
    this.id = id;
    this.token = token;
    this.original = original;
  }

  changed(): void {
    this.#changes.emit('change');
  }

  /** Waits until `condition` holds. Rejects after 4 minutes. */
  async until(condition: (exchange: this) => boolean): Promise<this> {
    const signal = AbortSignal.timeout(240_000);
    while (!condition(this)) await once(this.#changes, 'change', { signal });
    return this;
  }

  /** The acknowledgement, once it is there. */
  async acknowledged(): Promise<Acknowledgement> {
    const { ack } = await this.until(({ ack }) => ack !== undefined);
    if (!ack) throw new Error('not acknowledged');
    return ack;
  }

  /**
   * What the person reads in the end: the private message beside `@original` if there is one, or
   * else `@original` once it shows the answer.
   * @throws if the answer was deleted
   */
  async answer(): Promise<Shown> {
    const beside = () => this.followUps.find(({ isEphemeral }) => isEphemeral);
    await this.until(({ edits, ack }) => edits > 0 || ack?.type === 4 || beside() !== undefined);
    const answer = beside() ?? this.original;
    if (!answer) throw new Error('the answer was deleted');
    return answer;
  }
}

/** A file as a request names it. */
type NamedFile = Pick<ShownFile, 'id' | 'filename' | 'description' | 'bytes'>;

/**
 * The files of a message after a request. The request names new files by their index in `files`,
 * and earlier ones by their id.
 */
export async function named(body: unknown, files: readonly Blob[], before?: Shown): Promise<NamedFile[]> {
  const { attachments = before?.attachments ?? [] } = body as { attachments?: readonly Omit<NamedFile, 'bytes'>[] };
  return await Promise.all(
    attachments.map(async ({ id, filename, description }) => {
      const known = before?.attachments.find((one) => one.id === id);
      if (known) return known;
      const bytes = new Uint8Array((await files[Number(id)]?.arrayBuffer()) ?? []);
      return { id: snowflake(), filename, bytes, ...(description !== undefined && { description }) };
    }),
  );
}

/** The message after a request with this body. Fields that the body omits stay as in `before`. */
export function shownFrom(body: unknown, files: readonly NamedFile[], isEphemeral: boolean, before?: Shown): Shown {
  const given = body as Partial<Shown>;
  const components = given.components ?? before?.components ?? [];
  const references = referencesIn(components);
  return {
    id: snowflake(),
    flags: ((given.flags ?? before?.flags ?? 0) & COMPONENTS) | (isEphemeral ? EPHEMERAL : 0),
    content: given.content ?? (given.content === undefined ? before?.content : undefined) ?? '',
    embeds: given.embeds ?? before?.embeds ?? [],
    components,
    attachments: files.map((one) => {
      const hiddenByName = one.filename.startsWith('SPOILER_');
      const reference = references.find(({ filename }) => filename === one.filename);
      return { ...one, isHidden: hiddenByName, ...reference };
    }),
    isEphemeral,
  };
}
