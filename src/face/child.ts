import { getPriority, setPriority } from 'node:os';
import { systemCause } from '../explain/codes.ts';
import { Failure } from '../failure.ts';
import type { draw } from './draw.ts';
import type { openPipeline, Pipeline } from './pipeline.ts';
import { type Answer, BEGUN, type Job } from './wire.ts';

/**
 * The priority of this process: 5 of Unix's 20 steps below normal. On a busy processor, the process
 * that answers people then gets three times as much time as this one. Photos still get some.
 */
const NICE = 5;

// This is the first statement, because each thread that is made later inherits the priority.
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
 * Imports the decoder here and not at the top of the file, so that this process can report it when
 * the library (sharp) is missing.
 */
async function openDecoder(): Promise<void> {
  const { hardenDecoder } = await import('./decode.ts');
  hardenDecoder();
  drawing = (await import('./draw.ts')).draw;
}

/** Imports the nets' library only here, so that a process that only draws does not load it. */
async function openEyes(pack: Parameters<typeof openPipeline>[0]): Promise<Pipeline> {
  const { openPipeline } = await import('./pipeline.ts');
  return await openPipeline(pack);
}

process.on('message', async (job) => {
  process.send?.(BEGUN);
  process.send?.(await work(job as Job).catch(failed));
});
// Ctrl-C in a terminal sends SIGINT to this process too, and a supervisor may send SIGTERM. This
// process ignores both, because its parent decides when it ends.
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
  // When sharp finds its library in none of several places, only the message of its error says so.
  if (error instanceof Error && error.message.startsWith('Could not load the "sharp" module')) return 'sharp';
  const cause = systemCause(error);
  return cause?.code === 'native_missing' ? (cause.where ?? 'unnamed') : undefined;
}
