import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Cause, type CauseCode, causeOf } from '../src/cause.ts';
import { systemCause } from '../src/explain/codes.ts';

/** A file that takes longer is given up. */
export const LONGEST_FETCH_MS = 600_000;
/**
 * The pause before the first report of progress, and between reports. People give up later than
 * this.
 */
const NEWS_SECONDS = 8;

/** How model files are reached, and who hears how fetching goes. */
export interface Way {
  /**
   * A base URL or folder with the files under their sha256. It replaces the sources that the pack
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

/** A fetched package. Brings the file at `path` in it to `target`; nothing in it is run. */
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
 * Throws the Cause when the address is known to be out of reach. Through a proxy that hangs up,
 * `fetch` would try without end.
 */
export async function assertWay({ wayFault }: Way, url?: string): Promise<void> {
  const fault = await wayFault?.(url);
  if (fault) throw fault;
}

/** What an operator is told when a source does not give its file. A full disk is such a case. */
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
 * Awaits `work` and reports that it begins. Once the work takes long, reports what can be done,
 * because a network may swallow requests silently.
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
