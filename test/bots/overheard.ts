import type { Server } from 'node:http';
import { exportVerb } from '../../src/cli/export.ts';

/** Everything that a platform received. */
export interface Overheard {
  /** Every byte so far, in its order. */
  readonly bytes: () => Buffer;
  /** Adds bytes that the server decoded itself, because the frames of a web socket are masked. */
  readonly note: (bytes: Buffer) => void;
}

/** Notes every byte that `server` receives from now on. */
export function overhear(server: Server): Overheard {
  const heard: Buffer[] = [];
  const note = (bytes: Buffer) => void heard.push(bytes);
  server.on('connection', (socket) => socket.on('data', note));
  return { note, bytes: () => Buffer.concat(heard) };
}

/** What the operator's export of a person holds of one group. */
export interface ExportedGroup {
  readonly group: string;
  readonly templates: readonly {
    readonly numbers: number;
    readonly sha256: string;
    readonly embedding: readonly number[];
  }[];
}

/**
 * Runs `facefinder export` with these settings, beside the running program, and gives what it
 * printed.
 */
export async function exportOf(person: string, env: NodeJS.ProcessEnv): Promise<readonly ExportedGroup[]> {
  const out: string[] = [];
  const io = { out: (line: string) => out.push(line), err: (line: string) => out.push(line), env };
  if ((await exportVerb.run(['--person', person], io)) !== 0) throw new Error(out.join('\n'));
  return JSON.parse(out.join('\n'));
}
