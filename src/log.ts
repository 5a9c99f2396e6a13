import pino from 'pino';
import { causeOf } from './cause.ts';
import { VERSION } from './version.ts';

/** The level of a log. Events below it are not written. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * The fields of an event: codes, counts, milliseconds and our own sentences. Never a person's name
 * or id, an embedding, a URL or a vendor's message.
 */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Writes events as JSON lines to standard error, because standard output is for results. */
export interface Log {
  readonly debug: (event: string, fields?: LogFields) => void;
  readonly info: (event: string, fields?: LogFields) => void;
  readonly warn: (event: string, fields?: LogFields) => void;
  readonly error: (event: string, fields?: LogFields) => void;
}

/**
 * Opens the log. Events below `level` are not written. Each line has the service, its version and
 * role, and the process id.
 */
export function openLog(level: LogLevel, role?: string): Log {
  const base = { service: 'facefinder', version: VERSION, role, pid: process.pid };
  const logger = pino({ level, base }, pino.destination({ dest: 2, sync: true }));
  const at =
    (method: 'debug' | 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) =>
      logger[method](fields, event);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** How many errors of a chain are logged at most. */
const MAX_CHAIN = 5;

/**
 * The parts of an error, and of the errors that caused it, that may be logged: kinds, codes, the
 * innermost stack frames, and the sentence of a {@link Cause}. Other messages are left out, because
 * vendors quote their input in them: a URL with a token, a query vector, a row.
 */
export function errorFields(error: unknown): LogFields {
  const chain: string[] = [];
  let frames: string | undefined;
  for (let link = error; link instanceof Error && chain.length < MAX_CHAIN; link = link.cause) {
    const codes = codesOf(link);
    chain.push(codes.length > 0 ? `${link.name}(${codes.join(' ')})` : link.name);
    frames = framesOf(link);
  }
  const cause = causeOf(error);
  return {
    error: chain.join(' < ') || typeof error,
    ...(cause && { cause: cause.code, says: cause.message }),
    frames,
  };
}

/** The fields of errors in which Node and vendors' clients put their codes. */
const CODES = ['code', 'error_code', 'status', 'statusCode', 'errcode'] as const;

function codesOf(error: Error): string[] {
  const values = CODES.filter((name) => name in error).map((name) => String(Reflect.get(error, name)));
  return [...new Set(values.filter((value) => /^[\w-]{1,64}$/.test(value)))];
}

function framesOf({ stack }: Error): string | undefined {
  return stack
    ?.split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
    .join('\n');
}
