import { Failure } from '../failure.ts';
import { hardenDecoder } from './decode.ts';
import { draw } from './draw.ts';
import type { openPipeline, See } from './pipeline.ts';
import { type Answer, BEGUN, type Job } from './wire.ts';

// In this process photos are decoded and seen.
hardenDecoder();

let see: See | undefined;

async function work(job: Job): Promise<Answer> {
  switch (job.kind) {
    case 'open':
      if (job.pack) see = await openSee(job.pack);
      return { kind: 'opened' };
    case 'ping':
      return { kind: 'pong' };
    case 'see':
      if (!see) throw new Error('asked to see before it was opened');
      return { kind: 'seen', seen: await see(job.photo) };
    case 'draw':
      return { kind: 'drawn', picture: await draw(job.photo, job.marks) };
  }
}

/** A process that only draws has no inference in its memory. */
async function openSee(pack: Parameters<typeof openPipeline>[0]): Promise<See> {
  const { openPipeline } = await import('./pipeline.ts');
  return await openPipeline(pack);
}

process.on('message', async (job) => {
  process.send?.(BEGUN);
  process.send?.(await work(job as Job).catch(failed));
});
// Ctrl-C reaches the whole group: the parent decides what becomes of the job; without a parent there is none.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit());

function failed(error: unknown): Answer {
  const { code, details } = error instanceof Failure ? error : { code: 'internal' as const, details: {} };
  const cause = error instanceof Failure ? error.cause : error;
  return { kind: 'failed', code, details, reason: cause instanceof Error ? cause.message : String(cause ?? code) };
}
