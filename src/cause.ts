import { DISCORD } from './causes/discord.ts';
import { ELASTICSEARCH } from './causes/elasticsearch.ts';
import { MACHINE } from './causes/machine.ts';
import { OperatorError } from './causes/operator-error.ts';
import { REDIS } from './causes/redis.ts';
import { TELEGRAM } from './causes/telegram.ts';
import { WORK } from './causes/work.ts';

const CAUSES = { ...TELEGRAM, ...DISCORD, ...REDIS, ...ELASTICSEARCH, ...MACHINE, ...WORK };

/** The codes of all known causes. Each has a row in `causes/`. A new adapter adds rows there. */
export type CauseCode = keyof typeof CAUSES;

interface CauseOptions {
  /**
   * Where the fault is: a file, host, index or variable. It is printed and logged, so it is never a
   * password, a token, an id or a name of a person.
   */
  readonly where?: string;
  /** The vendor's error. Only its kind, code and stack frames are logged, never its message. */
  readonly cause?: unknown;
}

/**
 * Why a part does not work, for operators. The message says what is wrong, where, and what to do
 * next. It may be shown and logged.
 */
export class Cause extends OperatorError {
  override readonly name = 'Cause';
  readonly code: CauseCode;
  readonly where: string | undefined;

  constructor(code: CauseCode, { where, ...cause }: CauseOptions = {}) {
    super(`${what(code, where)}. ${CAUSES[code].next}`, cause);
    this.code = code;
    this.where = where;
  }

  /** What is wrong and where, without a full stop. */
  get what(): string {
    return what(this.code, this.where);
  }

  /** What to do next. */
  get next(): string {
    return CAUSES[this.code].next;
  }

  /** Whether waiting cannot help: a person must change something first. */
  get fatal(): boolean {
    return CAUSES[this.code].fatal;
  }
}

/** The first Cause in a chain of errors; undefined when there is none. */
export function causeOf(error: unknown): Cause | undefined {
  for (let link = error; link instanceof Error; link = link.cause) if (link instanceof Cause) return link;
  return undefined;
}

function what(code: CauseCode, where: string | undefined): string {
  return where === undefined ? CAUSES[code].what : `${CAUSES[code].what} (${where})`;
}
