import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What a stranger's machine has besides npm and Node: git, and the shell of npm's scripts. */
const SYSTEM_PATH = ['/usr/bin', '/bin'];
/**
 * The settings by which this machine reaches a registry. A cell gets no other settings of the
 * machine.
 */
const NETWORK = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

/** An npm on a Node. */
export interface Tools {
  readonly npm: number;
  readonly node: number;
}

/** Fetches these versions into `folder`, each once, with this machine's npm. */
export async function bringTools(all: readonly Tools[], folder: string): Promise<void> {
  const packages = new Set(all.flatMap((tools) => [npmPackage(tools), nodePackage(tools)]));
  for (const name of packages) {
    const place = join(folder, name);
    await mkdir(place, { recursive: true });
    await writeFile(join(place, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--save', '--ignore-scripts', '--silent', name], { cwd: place });
  }
}

/**
 * The environment of a stranger with these tools and no settings: home, user configuration and
 * npm's cache are new.
 */
export async function strangersEnv(tools: Tools, folder: string, home: string, cache: string) {
  const [platform] = nodePackage(tools).split('@');
  const node = join(folder, nodePackage(tools), 'node_modules', platform ?? '', 'bin');
  const npm = join(folder, npmPackage(tools), 'node_modules', 'npm', 'bin');
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  for (const name of ['npm', 'npx']) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec "${node}/node" "${npm}/${name}-cli.js" "$@"\n`, { mode: 0o755 });
  }
  const { stdout: registry } = await run('npm', ['config', 'get', 'registry']);
  const network = Object.fromEntries(NETWORK.map((name) => [name, process.env[name]]));
  return {
    ...network,
    HOME: home,
    PATH: [bin, node, ...SYSTEM_PATH].join(delimiter),
    npm_config_cache: cache,
    npm_config_registry: registry.trim(),
    npm_config_userconfig: join(dirname(bin), 'no-npmrc'),
  };
}

const npmPackage = ({ npm }: Tools) => `npm@${npm}`;
const nodePackage = ({ node }: Tools) => `node-${process.platform}-${process.arch}@${node}`;
