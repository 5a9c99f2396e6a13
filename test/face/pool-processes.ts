import { execFileSync } from 'node:child_process';
import { afterEach } from 'vitest';
import type { Faces } from '../../src/face/face.ts';
import { openFaces, type PoolOptions } from '../../src/face/pool.ts';

let faces: Faces | undefined;

/** One pool at a time; closed after each test once {@link closesAfterEach} was called. */
export async function openPool(options: Pick<PoolOptions, 'pack'> & Partial<PoolOptions>): Promise<Faces> {
  faces = await openFaces({ workers: 1, ...options });
  return faces;
}

export function closesAfterEach(): void {
  afterEach(async () => {
    await faces?.[Symbol.asyncDispose]();
    faces = undefined;
  });
}

/** The processes that this one has started and that still run. */
export function children(): number[] {
  try {
    return execFileSync('pgrep', ['-P', String(process.pid), '-f', 'face/child.ts'], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return [];
  }
}

/** To all of them. */
export function signal(name: NodeJS.Signals): void {
  for (const pid of children()) process.kill(pid, name);
}
