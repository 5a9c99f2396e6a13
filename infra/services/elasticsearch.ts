import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { account, giveToService, makeServiceDir } from './account.ts';
import { type Daemon, startDaemon, stopDaemon } from './daemon.ts';
import { installElasticsearch, isInstalled } from './distribution.ts';
import { demandWayTo, findProgram } from './installed.ts';
import { findJava } from './java.ts';
import { type ServiceSettings, serviceSettings } from './settings.ts';

const execute = promisify(execFile);

/** The oldest Java that Elasticsearch accepts. */
const OLDEST_JAVA = 21;
const NAME = 'elasticsearch';
const USER = 'facefinder';

/** Makes Java compile quickly to slower code, instead of slowly to faster code. */
const QUICK = '-XX:TieredStopAtLevel=1';

export interface ElasticsearchOptions {
  /**
   * Data, configuration, log, pid file and settings. A second start in the same folder finds the
   * first server, or its data.
   */
  readonly dir: string;
  readonly port?: number;
  /** Used when `port` is not given and this one is free. */
  readonly usualPort?: number;
  /**
   * For a server that runs for a few minutes: half the heap, and some 40 % less processor time to
   * start. It computes more slowly later.
   */
  readonly isBrief?: boolean;
  /** Serves https with a certificate of its own, for 127.0.0.1 and localhost. */
  readonly tls?: boolean;
  /** More lines of elasticsearch.yml. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

export interface RunningElasticsearch extends Daemon {
  /** With user (a superuser) and password: `http://facefinder:…@127.0.0.1:…`. */
  readonly url: string;
  /** With `tls`, the path of the authority's certificate (PEM). */
  readonly ca?: string;
}

/**
 * Starts a single Elasticsearch node on loopback, with security on. The first start fetches it from
 * Maven Central (132 MB). A start takes 15 to 30 s, and the node 1.5 GB of memory. With `isBrief`
 * both need less. Throws an error that names the obstacle.
 */
export async function startElasticsearch(options: ElasticsearchOptions): Promise<RunningElasticsearch> {
  const start = await prepareElasticsearch(options);
  return await start();
}

/**
 * Checks everything that a start needs except the network, and returns the function that starts.
 * Throws an error that says what to install or change.
 */
export async function prepareElasticsearch(
  options: ElasticsearchOptions,
): Promise<(signal?: AbortSignal, onProgress?: (line: string) => void) => Promise<RunningElasticsearch>> {
  const { dir } = options;
  const java = checkElasticsearch();
  if (options.tls) findProgram('openssl');
  await makeServiceDir(dir);
  demandWayTo(dir);
  const settings = await serviceSettings(dir, NAME, options);
  return async (signal, onProgress) => {
    const home = await installElasticsearch({ signal, onProgress });
    return await run({ ...options, ...settings }, java, home, signal);
  };
}

/**
 * Finds the Java for Elasticsearch. Throws an error that says what to install when this machine
 * cannot run it.
 */
export function checkElasticsearch(): string {
  findProgram('ps');
  const java = findJava(OLDEST_JAVA);
  demandWayTo(java);
  if (!isInstalled()) findProgram('mvn');
  return java;
}

async function run(
  { dir, port, password, isBrief = false, tls = false, settings }: ElasticsearchOptions & ServiceSettings,
  java: string,
  home: string,
  signal: AbortSignal | undefined,
): Promise<RunningElasticsearch> {
  const config = join(dir, 'config');
  const env = {
    ES_JAVA_HOME: java,
    ES_PATH_CONF: config,
    ES_TMPDIR: join(dir, 'tmp'),
    ES_JAVA_OPTS: isBrief ? `-Xms512m -Xmx512m ${QUICK}` : '-Xms1024m -Xmx1024m',
    // The programs that add the user and launch the server always end soon.
    CLI_JAVA_OPTS: QUICK,
  };
  await makeServiceDir(env.ES_TMPDIR);
  if (!existsSync(config)) await configure({ home, config, env, password });
  const certificate = tls ? await makeCertificate(config) : undefined;
  await writeSettings({ dir, port, certificate, settings });
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const daemon = await startDaemon({
    name: NAME,
    dir,
    command: join(home, 'bin', 'elasticsearch'),
    args: [],
    env,
    healthy: () => isHealthy(origin, password, certificate?.pem),
    timeoutMs: 180_000,
    signal,
  });
  return {
    ...daemon,
    url: origin.replace('//', `//${USER}:${password}@`),
    ...(certificate && { ca: certificate.pem }),
  };
}

interface Certificate {
  readonly pem: string;
  readonly key: string;
}

interface Settings {
  readonly dir: string;
  readonly port: number;
  readonly certificate: Certificate | undefined;
  readonly settings: ElasticsearchOptions['settings'];
}

/** Writes elasticsearch.yml as JSON, which is YAML. */
async function writeSettings({ dir, port, certificate, settings }: Settings): Promise<void> {
  const own = {
    'cluster.name': 'facefinder',
    'node.name': 'one',
    'discovery.type': 'single-node',
    'network.host': '127.0.0.1',
    'http.port': port,
    // No other node joins, so the port between nodes may be any.
    'transport.port': 0,
    'path.data': join(dir, 'data'),
    'path.logs': join(dir, 'logs'),
    'cluster.routing.allocation.disk.threshold_enabled': false,
    'xpack.security.enabled': true,
    'xpack.security.transport.ssl.enabled': false,
    'xpack.security.http.ssl.enabled': certificate !== undefined,
    ...(certificate && {
      'xpack.security.http.ssl.certificate': certificate.pem,
      'xpack.security.http.ssl.key': certificate.key,
    }),
    ...settings,
  };
  await writeFile(join(dir, 'config', 'elasticsearch.yml'), JSON.stringify(own));
}

/** Stops the server that runs in `dir`. False when none does. */
export function stopElasticsearch(dir: string): Promise<boolean> {
  return stopDaemon(dir, NAME);
}

interface Configuration {
  readonly home: string;
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  readonly password: string;
}

/**
 * Makes the configuration folder with its one user. It is made under another name first, so that a
 * kill leaves nothing half-made.
 */
async function configure({ home, config, env, password }: Configuration): Promise<void> {
  const making = `${config}-making`;
  await rm(making, { recursive: true, force: true });
  await makeServiceDir(making);
  for (const name of ['log4j2.properties', 'roles.yml', 'role_mapping.yml', 'users', 'users_roles']) {
    await cp(join(home, 'config', name), join(making, name));
    await giveToService(join(making, name));
  }
  await writeFile(join(making, 'elasticsearch.yml'), '');
  // No log of the garbage collector, and no heap dump, which would hold vectors.
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
  await execute(join(home, 'bin', 'elasticsearch-users'), added, {
    env: { PATH: process.env.PATH, ...env, ES_PATH_CONF: making },
    ...account(),
  });
  await rename(making, config);
}

/** Makes a self-signed certificate, which is its own authority. */
async function makeCertificate(config: string): Promise<Certificate> {
  const made = { pem: join(config, 'http.pem'), key: join(config, 'http.key') };
  if (existsSync(made.pem)) return made;
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '365'];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
  await execute('openssl', ['req', ...kind, ...subject, '-keyout', made.key, '-out', made.pem]);
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
