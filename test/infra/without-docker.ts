import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import type { RunningElasticsearch } from '../../infra/services/elasticsearch.ts';
import { freePort } from '../../infra/services/port.ts';
import { connect } from '../../src/queue/redis/connection.ts';
import { composeServices, entrypointOf, ROOT } from './compose.ts';

/** One service of docker-compose.yml as a process of this machine. */
export interface Part {
  readonly child: ChildProcess;
  readonly metricsPort: number;
  /** Everything that it wrote to standard error. */
  said(): string;
  /** The exit code of the service's own health check. */
  health(): Promise<number>;
}

/** docker-compose.yml without Docker: the same commands and environment, with other addresses. */
export interface WithoutDocker extends AsyncDisposable {
  readonly redisUrl: string;
  /**
   * Starts one more process of a service, with `env` added to its environment. Resolves once the
   * process runs and is healthy, or, with `healthy: false`, once it runs and is not.
   */
  start(name: 'bot' | 'worker', env?: NodeJS.ProcessEnv, expected?: { readonly healthy: boolean }): Promise<Part>;
  /** The output of `facefinder doctor` in the environment of a service. */
  doctor(name: 'bot' | 'worker', env?: NodeJS.ProcessEnv): Promise<string>;
  /** `docker compose run --rm <name> <command>`: its whole output, when it has ended. */
  runs(name: 'bot' | 'worker', command: readonly string[], env?: NodeJS.ProcessEnv): Promise<string>;
  killRedis(): Promise<void>;
  startRedis(): Promise<void>;
}

/** How long a start may take on a busy machine. */
const START_MS = 120_000;

/** Starts a process of a service. `command`: the arguments of `facefinder`. */
export type Launch = (command: readonly string[], env: NodeJS.ProcessEnv) => ChildProcess;

/**
 * Starts `facefinder` of this checkout with this Node, as the image starts it. It finds no folders
 * for state and keys in its home, because a container has none of those of its host.
 */
function launchHere(entrypoint: string): Launch {
  const { HOME, PATH } = process.env;
  const nowhere = { XDG_STATE_HOME: '/dev/null', XDG_CONFIG_HOME: '/dev/null' };
  return (command, env) =>
    spawn(process.execPath, [entrypoint, ...command], {
      cwd: fileURLToPath(ROOT),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { HOME, PATH, ...nowhere, ...env },
    });
}

/**
 * Prepares the services, with all files below `root`. When it resolves, Redis runs. `env` has the
 * settings of a platform, and `secrets` its token.
 */
export async function withoutDocker(options: {
  readonly root: string;
  /**
   * Gives the way to start processes, for the secrets in a folder. By default they run this
   * checkout.
   */
  readonly launch?: (secrets: string) => Launch;
  readonly elasticsearch: RunningElasticsearch;
  readonly secrets: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
}): Promise<WithoutDocker> {
  const { root, elasticsearch } = options;
  const services = await composeServices();
  const secrets = join(root, 'secrets');
  const port = await freePort();
  const children: ChildProcess[] = [];
  let redis: ChildProcess;

  execFileSync('sh', [fileURLToPath(new URL('infra/make-secrets.sh', ROOT)), secrets]);
  const password = await readFile(join(secrets, 'redis_password'), 'utf8');
  const redisUrl = `redis://default:${password}@127.0.0.1:${port}`;
  const known = { redis_url: redisUrl, elasticsearch_url: elasticsearch.url, ...options.secrets };
  for (const [name, secret] of Object.entries(known)) await writeFile(join(secrets, name), secret);
  await mkdir(join(root, 'redis-data'));

  async function startRedis(): Promise<void> {
    const [shell = '', ...args] = services.redis?.entrypoint ?? [];
    const config = fileURLToPath(new URL('infra/redis.conf', ROOT));
    const here = args.map((arg) =>
      arg
        .replace('/etc/facefinder/redis.conf', `"${config}" --port ${port} --bind 127.0.0.1`)
        .replaceAll('/run/secrets', secrets),
    );
    redis = spawn(shell, here, { cwd: join(root, 'redis-data'), stdio: 'ignore' });
    children.push(redis);
    const client = connect({ url: redisUrl }, 'patient', () => {});
    await client.ping();
    client.disconnect();
  }

  const launch = options.launch?.(secrets) ?? launchHere(await entrypointOf(services.bot?.build?.dockerfile ?? ''));

  /** Starts a process of a service, in the service's environment. */
  function run(name: string, command: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
    const environment = Object.entries(services[name]?.environment ?? {}).map(([variable, value]) => [
      variable,
      options.launch ? value : value.replace('/run/secrets', secrets),
    ]);
    const child = launch(command, {
      ...Object.fromEntries(environment),
      ELASTICSEARCH_CA: elasticsearch.ca ?? '',
      ...options.env,
      ...env,
    });
    children.push(child);
    return child;
  }

  async function saidBy(child: ChildProcess): Promise<string> {
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        said += chunk;
      });
    }
    await once(child, 'close');
    return said;
  }

  await startRedis();
  return {
    redisUrl,
    startRedis,
    killRedis: () => end(redis),

    async start(name, env = {}, { healthy } = { healthy: true }) {
      const metricsPort = await freePort();
      const more = { METRICS_PORT: String(metricsPort), LOG_LEVEL: 'silent', ...env };
      const child = run(name, services[name]?.command ?? [], more);
      let said = '';
      child.stderr?.on('data', (chunk) => {
        said += chunk;
      });
      const [, , ...check] = services[name]?.healthcheck?.test ?? [];
      const health = async () => {
        const checked = check.map((arg) => arg.replace('9464', String(metricsPort)));
        const [code] = await once(spawn(process.execPath, checked, { stdio: 'ignore' }), 'exit');
        return code;
      };
      const answers = async () => {
        const probed = await fetch(`http://127.0.0.1:${metricsPort}/healthz`).catch((error) => error);
        expect(probed, said).toMatchObject({ status: 200 });
        expect(await health(), said).toBe(healthy ? 0 : 1);
      };
      await vi.waitFor(answers, { timeout: START_MS, interval: 500 });
      return { child, metricsPort, said: () => said, health };
    },

    doctor: (name, env = {}) => saidBy(run(name, ['doctor'], env)),
    runs: (name, command, env = {}) => saidBy(run(name, command, env)),

    async [Symbol.asyncDispose]() {
      for (const child of children.reverse()) await end(child);
    },
  };
}

/** Kills a process (`kill -9`) and waits for its end. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
