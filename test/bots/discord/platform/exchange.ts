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
  /** How often `@original` got a text that is more than progress. */
  edits = 0;
  /** What `@original` shows; undefined while it is "thinking" and when deleted. */
  original: Shown | undefined;
  isDeleted = false;
  /** The 15 minutes are over. */
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
   * What the person reads in the end: the text that replaced the placeholder, the first answer, or
   * a message beside one that stays.
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

/** The files of a message after a request: new ones by their index, earlier ones by their id. */
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

/** Fields that a body omits stay as they were. */
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
