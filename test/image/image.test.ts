import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chown, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type ChapterHost, productionChapterWorks } from '../infra/chapter-suite.ts';
import { ROOT } from '../infra/compose.ts';
import type { Launch } from '../infra/without-docker.ts';

/**
 * The image that infra/image/build.sh makes. `npm run image:check` runs build.sh before these
 * tests.
 */
const IMAGE = 'localhost/facefinder:check';
/** The user of docker-compose.yml, who is also the image's own user. */
const USER = 1000;
const STORAGE = { STORAGE_DRIVER: process.env.STORAGE_DRIVER ?? 'vfs', BUILDAH_ISOLATION: 'chroot' };

const buildah = (...args: readonly string[]) =>
  execFileSync('buildah', args, { encoding: 'utf8', env: { ...process.env, ...STORAGE } }).trim();

const container = buildah('from', IMAGE);
const children: ChildProcess[] = [];
afterAll(() => {
  for (const { pid } of children) if (pid !== undefined) endGroup(pid);
  buildah('rm', container);
});

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The container has already ended.
  }
}

/** A process in the container, with a mount for each secret, like Compose. */
function inContainer(command: readonly string[], env: NodeJS.ProcessEnv, volumes: readonly string[]): ChildProcess {
  const settings = Object.entries(env).flatMap(([name, value]) => (value ? ['--env', `${name}=${value}`] : []));
  const mounts = volumes.flatMap((volume) => ['--volume', volume]);
  const args = ['run', ...settings, ...mounts, '--user', `${USER}:${USER}`, container, '--', ...command];
  const child = spawn('buildah', args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...STORAGE },
    detached: true,
  });
  children.push(child);
  return child;
}

const saidBy = (...command: readonly string[]) =>
  buildah('run', '--user', `${USER}:${USER}`, container, '--', ...command);

describe('the image', () => {
  test('has facefinder on its PATH, in the version of package.json', async () => {
    const { version } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
    expect(saidBy('facefinder', '--version')).toContain(version);
  });

  test('runs as somebody who owns nothing in it', () => {
    expect(saidBy('id', '-u')).toBe(String(USER));
    expect(saidBy('find', '/facefinder', '/models', '-writable', '-not', '-type', 'l')).toBe('');
  });

  test('brings the models, verified, and asks no network for them', () => {
    expect(saidBy('facefinder', 'models', 'verify')).not.toMatch(/missing|FAIL/i);
  });

  test('says what is in it, and under which licences', () => {
    const bom = JSON.parse(saidBy('cat', '/facefinder/sbom.cdx.json'));
    const stated: string[] = bom.components.map(({ name }: { name: string }) => name);
    const notices = saidBy('cat', '/facefinder/THIRD_PARTY_NOTICES.txt');
    for (const name of ['sharp', 'onnxruntime-node', 'bullmq', '@elastic/elasticsearch']) {
      expect(stated).toContain(name);
      expect(notices).toContain(`== ${name} `);
    }
    expect(bom.bomFormat).toBe('CycloneDX');
    expect(stated).not.toContain('vitest');
  });

  test('brings no tests, no development tools and no binaries of other systems', () => {
    const found = saidBy(
      'find',
      '/facefinder',
      '-maxdepth',
      '2',
      '-name',
      'vitest',
      '-o',
      '-maxdepth',
      '2',
      '-name',
      'test',
    );
    expect(found).toBe('');
    const binaries = saidBy('find', '/facefinder/node_modules', '-name', '*.dll', '-o', '-name', '*.dylib');
    expect(binaries).toBe('');
  });
});

const host: ChapterHost = {
  launch:
    (secrets): Launch =>
    (command, env) => {
      const names = ['redis_url', 'elasticsearch_url', 'elasticsearch_api_key', 'master_key', 'discord_token'];
      names.push('telegram_token', 'telegram_webhook_secret');
      const root = join(secrets, '..');
      const { ELASTICSEARCH_CA: ca, ...others } = env;
      const volumes = names.map((name) => `${join(secrets, name)}:/run/secrets/${name}:ro`);
      if (ca) volumes.push(`${ca}:/run/secrets/ca:ro`);
      volumes.push(`${join(root, 'data')}:/data`, `${join(root, 'state')}:/state`);
      return inContainer(
        ['facefinder', ...command],
        { ...others, ...(ca && { ELASTICSEARCH_CA: '/run/secrets/ca' }) },
        volumes,
      );
    },
  // When buildah is told to end, it kills its child. So Node itself is told, by the name of its
  // process.
  stop: ({ pid }) => void execFileSync('pkill', ['--signal', 'TERM', '--pgroup', String(pid), '--exact', 'MainThread']),
  folders: async (root) => {
    // With Docker, `--user` runs the container as the owner of the folders. Here the container's
    // user becomes their owner instead.
    for (const name of ['.', ...(await readdir(join(root, 'data')))]) await chown(join(root, 'data', name), USER, USER);
    await chown(join(root, 'state'), USER, USER);
    return { data: '/data', state: '/state' };
  },
};

productionChapterWorks(true, host);
