import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Cause, type CauseCode, causeOf } from '../src/cause.ts';
import { systemCause } from '../src/explain/codes.ts';

/** A file that has not come by then does not come. */
export const LONGEST_FETCH_MS = 600_000;
/** Whoever waits hears of it before they give up, and from then on as often. */
const NEWS_SECONDS = 8;

/** What is known of the way to model files, and who is told how fetching goes. */
export interface Way {
  /** Instead of the sources that the pack names: a base URL or folder that holds the files under their sha256. */
  readonly mirror?: string;
  /** Hears one line per step that takes time. */
  readonly onProgress?: (line: string) => void;
  /** Why nothing is reached at this address, or at all, if it is known. */
  readonly wayFault?: (url?: string) => Promise<Cause | undefined>;
}

/** A package that came whole: puts the file at `path` in it to `target`. Nothing of it is run. */
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

/** Throws the Cause when it is known that nothing is reached there. Through a proxy that hangs up, `fetch` would try without end. */
export async function assertWay({ wayFault }: Way, url?: string): Promise<void> {
  const fault = await wayFault?.(url);
  if (fault) throw fault;
}

/** What an operator is told of a source that does not give its file. A full disk is one, whoever is fetched from. */
export function unreachable(where: string, cause: unknown, mirror?: string): Cause {
  return causeOf(cause) ?? systemCause(cause) ?? new Cause(notThere(mirror), { where, cause });
}

function notThere(mirror: string | undefined): CauseCode {
  return mirror === undefined ? 'models_unreachable' : 'mirror_unreachable';
}

/** The other side was reached and has no such file, or gives it to nobody. */
class Refused extends Error {}

async function save(url: string, target: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LONGEST_FETCH_MS) });
  if (!response.ok || !response.body) throw new Refused(`HTTP status ${response.status}`);
  await pipeline(Readable.fromWeb(response.body), createWriteStream(target));
}

/** `work`, of which is said that it begins, and once what can be done when it takes long: a network may swallow silently. */
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

/** Whether a program that was to be run is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
}
