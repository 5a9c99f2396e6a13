import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const SERVICES = fileURLToPath(new URL('../../infra/services/services.ts', import.meta.url));
/** Programs that every machine has. */
const EVERYWHERE = ['sh', 'id', 'dirname', 'sleep'];

/** A machine for `npm run services`, with folders of its own. */
export interface Machine extends AsyncDisposable {
  /** All its folders are below this one. */
  readonly root: string;
  /** The folder that is the whole PATH. */
  readonly bin: string;
  /** Where the services keep data and settings. */
  readonly state: string;
  /** Puts a program on the PATH. */
  readonly have: (name: string, path: string) => Promise<void>;
  /** Puts a program on the PATH that only runs this shell script. */
  readonly pretend: (name: string, script: string) => Promise<void>;
  /**
   * Starts `npm run services`. With `detached`, in a process group of its own, as a terminal starts
   * a program.
   */
  readonly services: (
    verb?: 'start' | 'stop',
    env?: NodeJS.ProcessEnv,
    options?: { readonly detached?: boolean },
  ) => ChildProcess;
}

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function openMachine(): Promise<Machine> {
  const root = await mkdtemp(join(tmpdir(), 'services-start-'));
  await chmod(root, 0o755);
  const bin = join(root, 'bin');
  await mkdir(bin);
  const have = (name: string, path: string) => symlink(path, join(bin, name));
  for (const name of EVERYWHERE) await have(name, pathOf(name));
  // Where ps is not installed, sh stands for it, so that no test hears that ps is missing.
  await have('ps', existsSync('/usr/bin/ps') ? '/usr/bin/ps' : pathOf('sh'));
  await mkdir(join(root, 'java'));
  await writeFile(join(root, 'java', 'release'), 'JAVA_VERSION="25.0.1"');
  return {
    root,
    bin,
    state: join(root, 'state', 'facefinder', 'services'),
    have,
    pretend: (name, script) => writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 }),
    services(verb = 'start', env = {}, { detached = false } = {}) {
      const places = { HOME: root, XDG_CACHE_HOME: join(root, 'cache'), XDG_STATE_HOME: join(root, 'state') };
      return spawn(process.execPath, [SERVICES, verb], {
        cwd: root,
        detached,
        env: { PATH: bin, ES_JAVA_HOME: join(root, 'java'), ...places, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

export async function ended(child: ChildProcess): Promise<Ended> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('not piped');
  const [out, err, [code]] = await Promise.all([text(stdout), text(stderr), once(child, 'close')]);
  return { code, out, err };
}

export function pathOf(name: string): string {
  return execFileSync('/bin/sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
}
