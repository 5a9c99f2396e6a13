import { expect, it } from 'vitest';
import { openShutdown } from '../../src/app/shutdown.ts';

/** A part that says when it begins to close and ends when told. */
function part(log: string[], name: string) {
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    begun: begun.promise,
    end: end.resolve,
    async [Symbol.asyncDispose]() {
      log.push(`${name} closes`);
      begun.resolve();
      await end.promise;
      log.push(`${name} closed`);
    },
  };
}

it('the parts that take work in close at the same time, then the parts that do it', async () => {
  const log: string[] = [];
  const shutdown = openShutdown();
  const [telegram, page] = [part(log, 'telegram'), part(log, 'page')];
  const [jobs, own] = [part(log, 'jobs'), part(log, 'own')];
  for (const door of [telegram, page]) shutdown.doors.use(door);
  for (const queue of [jobs, own]) shutdown.queues.use(queue);
  const closed = shutdown[Symbol.asyncDispose]();
  // Each of two parts ends only when both have begun to close. So if one closed after the other,
  // they would wait for ever.
  void Promise.all([telegram.begun, page.begun]).then(() => [telegram, page].map(({ end }) => end()));
  void Promise.all([jobs.begun, own.begun]).then(() => [jobs, own].map(({ end }) => end()));
  await closed;
  expect(log.slice(0, 2).sort()).toEqual(['page closes', 'telegram closes']);
  expect(log.slice(2, 4).sort()).toEqual(['page closed', 'telegram closed']);
  expect(log.slice(4, 6).sort()).toEqual(['jobs closes', 'own closes']);
});

it('a listener that does not end keeps neither the queues nor the program from ending', async () => {
  const log: string[] = [];
  const shutdown = openShutdown({ headStartMs: 10, longestMs: 50 });
  const [telegram, jobs] = [part(log, 'telegram'), part(log, 'jobs')];
  shutdown.doors.use(telegram);
  shutdown.queues.use(jobs);
  jobs.end();
  await shutdown[Symbol.asyncDispose]();
  expect(log).toEqual(['telegram closes', 'jobs closes', 'jobs closed']);
});

it('a part that cannot be closed is reported once all others are closed', async () => {
  const log: string[] = [];
  const shutdown = openShutdown();
  const jobs = part(log, 'jobs');
  jobs.end();
  shutdown.doors.use({ [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) });
  shutdown.queues.use(jobs);
  await expect(shutdown[Symbol.asyncDispose]()).rejects.toThrow('stuck');
  expect(log).toEqual(['jobs closes', 'jobs closed']);
});
