import { afterEach } from 'vitest';
import type { Faces } from '../../src/face/face.ts';
import { openFaces, type PoolOptions } from '../../src/face/pool.ts';
import { faceProcessesOf } from '../support/face-processes.ts';

let faces: Faces | undefined;

/**
 * Opens a pool; a test may open one. It is closed after the test if {@link closesAfterEach} was
 * called.
 */
export async function openPool(options: Pick<PoolOptions, 'pack'> & Partial<PoolOptions>): Promise<Faces> {
  faces = await openFaces({ children: 1, ...options });
  return faces;
}

export function closesAfterEach(): void {
  afterEach(async () => {
    await faces?.[Symbol.asyncDispose]();
    faces = undefined;
  });
}

/** The running children of this process. */
export function children(): number[] {
  return faceProcessesOf(process.pid);
}

/** Sends this signal to all children. */
export function signal(name: NodeJS.Signals): void {
  for (const pid of children()) process.kill(pid, name);
}
