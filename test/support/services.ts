import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { giveToService } from '../../infra/services/account.ts';
import { stopElasticsearch } from '../../infra/services/elasticsearch.ts';
import { stopRedis } from '../../infra/services/redis.ts';
import { endServersWithThisProcess } from '../../infra/services/run.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the servers that all test files of a run share; see shared-services.ts. */
    servicesDir: string;
  }
}

/**
 * vitest's globalSetup: makes a folder for the servers of this run, which start when a test first
 * needs one. At the end it stops them, and says what was not tested. They stop even when the run is
 * killed.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'facefinder-services-'));
  await giveToService(dir);
  endServersWithThisProcess(dir);
  await mkdir(join(dir, 'untested'));
  project.provide('servicesDir', dir);
  return async () => {
    await Promise.all([stopRedis(join(dir, 'redis')), stopElasticsearch(join(dir, 'elasticsearch'))]);
    for (const name of await readdir(join(dir, 'untested'))) {
      console.error(
        `\n*** NOT TESTED: everything on ${name}, because ${await readFile(join(dir, 'untested', name))}\n`,
      );
    }
    await rm(dir, { recursive: true, force: true });
  };
}
