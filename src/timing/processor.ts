import { readFile } from 'node:fs/promises';

/** A tick of Linux's times in /proc: USER_HZ is 100 on every processor that Node runs on. */
const TICK_MS = 10;

/**
 * The processor time that a process and all its threads have used so far, in milliseconds.
 * Undefined where the system does not tell it (only Linux does), or when the process has ended.
 * Source: proc_pid_stat(5), the fields utime (14) and stime (15).
 */
export async function processorMs(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field, the program's name, stands in brackets and may have spaces.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields?.[11]) + Number(fields?.[12]);
  return Number.isNaN(ticks) ? undefined : ticks * TICK_MS;
}
