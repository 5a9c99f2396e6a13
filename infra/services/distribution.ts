import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir } from './folders.ts';
import { findProgram } from './installed.ts';

/**
 * The distribution that Elastic publishes for integration tests: the server without its optional
 * modules (no API keys).
 */
export const ELASTICSEARCH_VERSION = '9.5.3';
const ARTIFACT = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ELASTICSEARCH_VERSION}:zip`;
const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
const UNPACKING = 'unpacking-';
/** No fetch takes this long. What is older was left by a killed fetch. */
const STALE_DOWNLOAD_MS = 3_600_000;
/** How often progress is reported. */
const NEWS_MS = 3_000;

interface Fetching {
  /** Aborting ends Maven and leaves nothing behind. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
}

/** Whether a start needs no network. */
export function isInstalled(): boolean {
  return existsSync(home());
}

/**
 * The folder of the unpacked distribution. Maven fetches it when it is missing. The folder gets its
 * name only when it is complete, so that a kill leaves no half of it under that name.
 */
export async function installElasticsearch(fetching: Fetching = {}): Promise<string> {
  if (isInstalled()) return home();
  await mkdir(cacheDir(), { recursive: true });
  await removeStale();
  const work = await mkdtemp(join(cacheDir(), UNPACKING));
  try {
    await fetchInto(work, fetching);
    await rename(join(work, `elasticsearch-${ELASTICSEARCH_VERSION}`), home()).catch((cause) => {
      // Another process has installed it in the meantime.
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return home();
}

function home(): string {
  return join(cacheDir(), `elasticsearch-${ELASTICSEARCH_VERSION}`);
}

/** Removes what killed fetches left. */
async function removeStale(): Promise<void> {
  for (const name of await readdir(cacheDir())) {
    if (!name.startsWith(UNPACKING)) continue;
    const path = join(cacheDir(), name);
    const left = await stat(path).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > STALE_DOWNLOAD_MS) await rm(path, { recursive: true, force: true });
  }
}

async function fetchInto(work: string, { signal, onProgress }: Fetching): Promise<void> {
  signal?.throwIfAborted();
  onProgress?.(`fetching Elasticsearch ${ELASTICSEARCH_VERSION} from Maven Central, once (132 MB)`);
  const markers = join(work, 'markers');
  const where = [`-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${work}`, `-DmarkersDirectory=${markers}`];
  const maven = spawn(findProgram('mvn'), [UNPACK, ...where], { cwd: work, stdio: ['ignore', 'pipe', 'pipe'], signal });
  let latest = '';
  maven.stdout.setEncoding('utf8').on('data', (text: string) => {
    latest = /([\d.]+\/[\d.]+ MB)/.exec(text)?.[1] ?? latest;
  });
  maven.stderr.resume();
  const news = setInterval(() => latest !== '' && onProgress?.(`Elasticsearch: ${latest}`), NEWS_MS);
  try {
    const [code] = await once(maven, 'close');
    if (code === 0) return;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new Error('Maven cannot be run: see "mvn --version"', { cause });
  } finally {
    clearInterval(news);
  }
  throw new Error(
    'Maven could not fetch Elasticsearch: is there a network? A proxy or a mirror is set in ~/.m2/settings.xml; ' +
      `"mvn ${UNPACK} -Dartifact=${ARTIFACT}" says more`,
  );
}
