import { getPriority, setPriority } from 'node:os';
import { systemCause } from '../explain/codes.ts';
import { Failure } from '../failure.ts';
import type { draw } from './draw.ts';
import type { openPipeline, Pipeline } from './pipeline.ts';
import { type Answer, BEGUN, type Job } from './wire.ts';

/**
 * How much this process gives way to others: 5 of Unix's 20 steps. On a busy processor, the process
 * that answers people gets three times as much time. Photos are still worked on.
 */
const NICE = 5;

// This comes before everything else, because a thread gets the priority of the thread that makes
// it.
setPriority(Math.max(getPriority(), NICE));

let pipeline: Pipeline | undefined;
let drawing: typeof draw | undefined;

async function work(job: Job): Promise<Answer> {
  switch (job.kind) {
    case 'open':
      await openDecoder();
      if (job.pack) pipeline = await openEyes(job.pack);
      return { kind: 'opened' };
    case 'ping':
      return { kind: 'pong' };
    case 'try':
      await tryIt(job.pack);
      return { kind: 'tried' };
    case 'see':
      return { kind: 'seen', seen: await opened().see(job.photo) };
    case 'heads':
      return { kind: 'headed', heads: await opened().heads(job.photo) };
    case 'draw':
      if (!drawing) throw new Error('asked to draw before it was opened');
      return { kind: 'drawn', picture: await drawing(job.photo, job.marks, { frame: job.frame, side: job.side }) };
  }
}

function opened(): Pipeline {
  if (!pipeline) throw new Error('asked to see before it was opened');
  return pipeline;
}

async function tryIt(pack: Extract<Job, { kind: 'try' }>['pack']): Promise<void> {
  if (pack && pipeline) await (await import('./try-out.ts')).tryOut(pack, pipeline.see);
  else if (drawing) await drawing(await (await import('./test-picture.ts')).drawnPhoto(), []);
  else throw new Error('asked to try before it was opened');
}

/**
 * The library is imported here and not above. If it is missing, the process must be able to report
 * that.
 */
async function openDecoder(): Promise<void> {
  const { hardenDecoder } = await import('./decode.ts');
  hardenDecoder();
  drawing = (await import('./draw.ts')).draw;
}

/** The library is imported here, so that a process that only draws does not hold it. */
async function openEyes(pack: Parameters<typeof openPipeline>[0]): Promise<Pipeline> {
  const { openPipeline } = await import('./pipeline.ts');
  return await openPipeline(pack);
}

process.on('message', async (job) => {
  process.send?.(BEGUN);
  process.send?.(await work(job as Job).catch(failed));
});
// Ctrl-C reaches every process of the group. Only the parent decides about the job, so this process
// ignores it.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit());

function failed(error: unknown): Answer {
  const { code, details } = error instanceof Failure ? error : { code: 'internal' as const, details: {} };
  const cause = error instanceof Failure ? error.cause : error;
  const missing = missingLibrary(error);
  const reason = cause instanceof Error ? cause.message : String(cause ?? code);
  return { kind: 'failed', code, details, reason, ...(missing !== undefined && { missing }) };
}

function missingLibrary(error: unknown): string | undefined {
  // sharp looks for its library in several places. Only its message says that it found none.
  if (error instanceof Error && error.message.startsWith('Could not load the "sharp" module')) return 'sharp';
  const cause = systemCause(error);
  return cause?.code === 'native_missing' ? (cause.where ?? 'unnamed') : undefined;
}
