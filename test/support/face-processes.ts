import { readdirSync, readFileSync } from 'node:fs';

/** The processes that look at photos, started by the process `parent` and still there: by Linux's proc(5). */
export function faceProcessesOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent && read(pid, 'cmdline').includes('face/child.ts'))
    .map(Number);
}

function parentOf(pid: string): number {
  // The name before it, in brackets, may hold anything.
  return Number(read(pid, 'stat').split(') ').at(-1)?.split(' ')[1]);
}

/** Empty when the process has ended meanwhile. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
