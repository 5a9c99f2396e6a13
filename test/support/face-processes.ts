import { readdirSync, readFileSync } from 'node:fs';

/** The running children that the worker process `parent` started, by Linux's proc(5). */
export function faceProcessesOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent && read(pid, 'cmdline').includes('face/child.ts'))
    .map(Number);
}

/** The unit of processor time in proc(5), on every Linux that Node runs on. */
const TICK_MS = 10;

/** Processor time, in milliseconds, of a process and its children. */
export function processorMs(pid: number): number {
  const ticks = [pid, ...faceProcessesOf(pid)].flatMap((one) => {
    const [user, system] = read(String(one), 'stat').split(') ').at(-1)?.split(' ').slice(11, 13) ?? [];
    return [Number(user ?? 0), Number(system ?? 0)];
  });
  return ticks.reduce((sum, one) => sum + one, 0) * TICK_MS;
}

function parentOf(pid: string): number {
  // The fields follow the process's name, which is in brackets and may have any characters.
  return Number(read(pid, 'stat').split(') ').at(-1)?.split(' ')[1]);
}

/** The text of a file in /proc; empty when the process has ended meanwhile. */
function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
