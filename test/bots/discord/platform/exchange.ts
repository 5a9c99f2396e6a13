import { EventEmitter, once } from 'node:events';
import { snowflake } from './world.ts';

/** A message on the loopback Discord, as its readers see it. */
export interface Shown {
  readonly id: string;
  readonly content: string;
  readonly embeds: readonly { readonly description?: string }[];
  readonly components: readonly { readonly components: readonly ShownButton[] }[];
  readonly attachments: readonly ShownFile[];
  readonly isEphemeral: boolean;
}

export interface ShownButton {
  readonly custom_id: string;
  readonly label: string;
  readonly style: number;
}

export interface ShownFile {
  readonly filename: string;
  readonly description?: string;
  readonly bytes: Uint8Array;
}

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

/** The files of a request, by the names that its body gives them. */
export async function named(body: unknown, files: readonly Blob[]): Promise<Shown['attachments']> {
  const { attachments = [] } = body as {
    attachments?: readonly { id: string; filename: string; description?: string }[];
  };
  return await Promise.all(
    attachments.map(async ({ id, filename, description }) => {
      const bytes = new Uint8Array((await files[Number(id)]?.arrayBuffer()) ?? []);
      return { filename, bytes, ...(description !== undefined && { description }) };
    }),
  );
}

/** Fields that a body omits stay as they were. */
export function shownFrom(body: unknown, files: Shown['attachments'], isEphemeral: boolean, before?: Shown): Shown {
  const given = body as Partial<Shown>;
  return {
    id: snowflake(),
    content: given.content ?? before?.content ?? '',
    embeds: given.embeds ?? before?.embeds ?? [],
    components: given.components ?? before?.components ?? [],
    attachments: given.attachments ? files : (before?.attachments ?? []),
    isEphemeral,
  };
}
