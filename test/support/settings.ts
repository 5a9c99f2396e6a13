import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { SETTINGS } from '../../src/config.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The developer's REDIS_URL and ELASTICSEARCH_URL; see shared-services.ts. */
    givenServers: { readonly redis: string | undefined; readonly elasticsearch: string | undefined };
  }
}

/** How this machine gets models: tests need them as much as the program does. */
const NEEDED = ['MODEL_DIR', 'MODEL_MIRROR', 'HTTPS_PROXY', 'NO_PROXY'];

/**
 * vitest's globalSetup: removes a developer's settings and bot tokens from the environment, so that
 * no test runs the program with them.
 */
export default function setup(project: Pick<TestProject, 'provide'>): () => void {
  const { REDIS_URL: redis, ELASTICSEARCH_URL: elasticsearch } = process.env;
  project.provide('givenServers', { redis, elasticsearch });
  for (const name of SETTINGS.filter((setting) => !NEEDED.includes(setting))) {
    delete process.env[name];
    delete process.env[`${name}_FILE`];
  }
  // The program keeps its second place and its keys apart from the data. Tests must not put them
  // into the developer's folders.
  const own = mkdtempSync(join(tmpdir(), 'facefinder-tests-'));
  process.env.XDG_STATE_HOME = join(own, 'state');
  process.env.XDG_CONFIG_HOME = join(own, 'config');
  return () => rmSync(own, { recursive: true, force: true });
}
