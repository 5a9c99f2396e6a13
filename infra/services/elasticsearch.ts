import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { account, type Daemon, giveToService, makeServiceDir, startDaemon, stopDaemon } from './daemon.ts';
import { findJava } from './java.ts';
import { cacheDir } from './places.ts';
import { serviceSettings } from './settings.ts';

const run = promisify(execFile);

/** The distribution that Elastic publishes for integration tests: the server without its optional modules (no API keys). */
export const ELASTICSEARCH_VERSION = '9.5.3';
/** Its own minimum. */
export const OLDEST_JAVA = 21;
const ARTIFACT = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${ELASTICSEARCH_VERSION}:zip`;
const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack';
const NAME = 'elasticsearch';
const USER = 'facefinder';

export interface ElasticsearchOptions {
  /** Data, configuration, log, pid file and settings. A second start in the same folder finds the first server, or its data. */
  readonly dir: string;
  readonly port?: number;
  /** Taken when `port` is not given and this one is free. */
  readonly usualPort?: number;
  /** Heap in MiB; the process takes some 400 more. */
  readonly heapMb?: number;
  /** Serve https with a certificate of its own, for 127.0.0.1 and localhost. */
  readonly tls?: boolean;
  /** More lines of elasticsearch.yml. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface RunningElasticsearch extends Daemon {
  /** With user (a superuser) and password: `http://facefinder:…@127.0.0.1:…`. */
  readonly url: string;
  /** With `tls`: path of the PEM file of the authority to trust. */
  readonly ca?: string;
}

/**
 * Starts a single Elasticsearch node on loopback, security on; the first time fetches it from Maven Central (132 MB).
 * Takes 15 to 30 s and 1.5 GB. Throws with what to install when Maven or a Java of 21 or newer is missing.
 */
export async function startElasticsearch(options: ElasticsearchOptions): Promise<RunningElasticsearch> {
  const { dir, heapMb = 1024, tls = false } = options;
  const java = findJava(OLDEST_JAVA);
  const home = await installElasticsearch();
  await makeServiceDir(dir);
  const { port, password } = await serviceSettings(dir, options);
  const config = join(dir, 'config');
  const env = {
    ES_JAVA_HOME: java,
    ES_PATH_CONF: config,
    ES_TMPDIR: join(dir, 'tmp'),
    ES_JAVA_OPTS: `-Xms${heapMb}m -Xmx${heapMb}m`,
  };
  await makeServiceDir(env.ES_TMPDIR);
  if (!(await exists(config))) await configure({ home, config, env, password });
  const certificate = tls ? await makeCertificate(config) : undefined;
  await writeFile(
    join(config, 'elasticsearch.yml'),
    // JSON is YAML.
    JSON.stringify({
      'cluster.name': 'facefinder',
      'node.name': 'one',
      'discovery.type': 'single-node',
      'network.host': '127.0.0.1',
      'http.port': port,
      // Nobody else joins: the port between nodes may be any.
      'transport.port': 0,
      'path.data': join(dir, 'data'),
      'path.logs': join(dir, 'logs'),
      'cluster.routing.allocation.disk.threshold_enabled': false,
      'xpack.security.enabled': true,
      'xpack.security.transport.ssl.enabled': false,
      'xpack.security.http.ssl.enabled': tls,
      ...(certificate && {
        'xpack.security.http.ssl.certificate': certificate.pem,
        'xpack.security.http.ssl.key': certificate.key,
      }),
      ...options.settings,
    }),
  );
  const address = `127.0.0.1:${port}`;
  const daemon = await startDaemon({
    name: NAME,
    dir,
    command: join(home, 'bin', 'elasticsearch'),
    args: [],
    env,
    healthy: () => isHealthy(`${tls ? 'https' : 'http'}://${address}`, password, certificate?.pem),
    timeoutMs: 180_000,
  });
  return {
    ...daemon,
    url: `${tls ? 'https' : 'http'}://${USER}:${password}@${address}`,
    ...(certificate && { ca: certificate.pem }),
  };
}

/** Stops the server that runs in `dir`; false when none does. */
export function stopElasticsearch(dir: string): Promise<boolean> {
  return stopDaemon(dir, NAME);
}

/** Folder of the unpacked distribution, fetched by Maven at most once; atomic, so that a kill leaves nothing half-made. */
export async function installElasticsearch(): Promise<string> {
  const home = join(cacheDir(), `elasticsearch-${ELASTICSEARCH_VERSION}`);
  if (await exists(home)) return home;
  await mkdir(cacheDir(), { recursive: true });
  const unpacked = await mkdtemp(join(cacheDir(), 'unpacking-'));
  try {
    await run('mvn', ['-q', '-B', UNPACK, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${unpacked}`]);
    await rename(join(unpacked, `elasticsearch-${ELASTICSEARCH_VERSION}`), home).catch((cause) => {
      // Somebody else was quicker.
      if (cause.code !== 'ENOTEMPTY' && cause.code !== 'EEXIST') throw cause;
    });
  } catch (cause) {
    throw new Error('Elasticsearch could not be fetched by Maven (Debian: apt-get install maven)', { cause });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
  return home;
}

interface Configuration {
  readonly home: string;
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  readonly password: string;
}

/** Makes the configuration folder with its one user; under another name first, so that a kill leaves nothing half-made. */
async function configure({ home, config, env, password }: Configuration): Promise<void> {
  const making = `${config}-making`;
  await rm(making, { recursive: true, force: true });
  await makeServiceDir(making);
  for (const name of ['log4j2.properties', 'roles.yml', 'role_mapping.yml', 'users', 'users_roles']) {
    await cp(join(home, 'config', name), join(making, name));
    await giveToService(join(making, name));
  }
  await writeFile(join(making, 'elasticsearch.yml'), '');
  // No garbage collector's log; and no heap dump, which would hold vectors.
  const jvm = await readFile(join(home, 'config', 'jvm.options'), 'utf8');
  const unwanted = /^(-Xlog|-XX:\+HeapDump|-XX:ErrorFile)/;
  await writeFile(
    join(making, 'jvm.options'),
    jvm
      .split('\n')
      .filter((line) => !unwanted.test(line))
      .join('\n'),
  );
  const added = ['useradd', USER, '-p', password, '-r', 'superuser'];
  await run(join(home, 'bin', 'elasticsearch-users'), added, {
    env: { PATH: process.env.PATH, ...env, ES_PATH_CONF: making },
    ...account(),
  });
  await rename(making, config);
}

/** A self-signed certificate, its own authority. */
async function makeCertificate(config: string): Promise<{ readonly pem: string; readonly key: string }> {
  const made = { pem: join(config, 'http.pem'), key: join(config, 'http.key') };
  if (await exists(made.pem)) return made;
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '365'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  await run('openssl', ['req', ...kind, ...subject, '-keyout', made.key, '-out', made.pem]);
  await giveToService(made.key);
  await giveToService(made.pem);
  return made;
}

async function isHealthy(origin: string, password: string, ca: string | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = ca === undefined ? requestHttp : requestHttps;
  const options = { auth: `${USER}:${password}`, timeout: 5_000, ...(ca !== undefined && { ca: await readFile(ca) }) };
  const asked = request(`${origin}/_cluster/health?wait_for_status=yellow&timeout=3s`, options, (response) => {
    response.resume();
    if (response.statusCode === 200) resolve();
    else reject(new Error(`Elasticsearch answered ${response.statusCode}`));
  });
  asked.on('timeout', () => asked.destroy(new Error('no answer')));
  asked.on('error', reject);
  asked.end();
  return promise;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
