import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Holds `dir` for this process until disposed. Throws when another living process holds it. */
export function onlyOne(dir: string): Disposable {
  const file = join(dir, 'starting.pid');
  try {
    mkdirSync(dir, { recursive: true });
    if (!hold(file)) {
      const holder = Number(readFileSync(file, 'utf8'));
      if (lives(holder)) throw new Error(`another start is under way (process ${holder}): wait for it, or end it`);
      rmSync(file, { force: true });
      hold(file);
    }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause) {
      throw new Error(`the folder ${dir} cannot be written: is there room, and may you write there?`, { cause });
    }
    throw cause;
  }
  return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
}

/** False when the file already exists. */
function hold(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false;
    throw cause;
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
