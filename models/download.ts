import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Cause, type CauseCode, causeOf } from '../src/cause.ts';
import { systemCause } from '../src/explain/codes.ts';

/** After this long the download of a file is given up. */
export const LONGEST_FETCH_MS = 600_000;
/**
 * How long work may be silent before the first report of progress, and between two reports. People
 * wait longer than this before they give up.
 */
const NEWS_SECONDS = 8;

/** How model files are reached, and who hears how fetching goes. */
export interface Way {
  /**
   * A base URL or folder that has each file under its sha256. It replaces the sources that the pack
   * names.
   */
  readonly mirror?: string;
  /** Receives one line per step that takes time. */
  readonly onProgress?: (line: string) => void;
  /**
   * Why this address, or the whole network, cannot be reached; undefined when no reason is known.
   */
  readonly wayFault?: (url?: string) => Promise<Cause | undefined>;
}

/**
 * A fetched package. A call copies the file at `path` in the package to `target`. Nothing in the
 * package is run.
 */
export type Package = (path: string, target: string) => Promise<void>;

/** Saves what `url` gives as `target`. Throws a Cause when it cannot be had. */
export async function download(url: string, target: string, way: Way): Promise<void> {
  const { host, pathname } = new URL(url);
  const where = `${pathname.split('/').at(-1)}, from ${host}`;
  try {
    await assertWay(way, url);
    await inTime(where, save(url, target), way);
  } catch (cause) {
    const said = cause instanceof Refused ? `: ${cause.message}` : '';
    throw unreachable(`${where}${said}`, cause, way.mirror);
  }
}

/**
 * Throws the Cause when the address is known to be out of reach. Without this check, `fetch` would
 * try for ever when a proxy hangs up.
 */
export async function assertWay({ wayFault }: Way, url?: string): Promise<void> {
  const fault = await wayFault?.(url);
  if (fault) throw fault;
}

/**
 * The error that tells an operator why a source does not give its file. A full disk is one of the
 * reasons.
 */
export function unreachable(where: string, cause: unknown, mirror?: string): Cause {
  return causeOf(cause) ?? systemCause(cause) ?? new Cause(notThere(mirror), { where, cause });
}

function notThere(mirror: string | undefined): CauseCode {
  return mirror === undefined ? 'models_unreachable' : 'mirror_unreachable';
}

/** The server was reached, but lacks the file or refuses it. */
class Refused extends Error {}

async function save(url: string, target: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST_FETCH_MS) });
  if (!response.ok || !response.body) throw new Refused(`HTTP status ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
}

/**
 * Reports that the work begins, and awaits it. When it takes long, the report says what the
 * operator can do, because a network may lose requests without an error.
 */
export async function inTime<T>(what: string, work: Promise<T>, { onProgress, mirror }: Way): Promise<T> {
  onProgress?.(`fetching ${what}`);
  let seconds = 0;
  const waiting = setInterval(() => {
    seconds += NEWS_SECONDS;
    const advice = seconds === NEWS_SECONDS ? ` ${new Cause(notThere(mirror)).next}` : '';
    onProgress?.(`still waiting for ${what} (${seconds} s).${advice}`);
  }, NEWS_SECONDS * 1_000);
  return await work.finally(() => clearInterval(waiting));
}

/** Whether the program that was to run is not installed. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}
