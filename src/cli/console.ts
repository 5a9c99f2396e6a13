import { explain } from './explain.ts';
import type { Io } from './verb.ts';

/**
 * The output and environment of this process. When the reader of standard output is gone, as in
 * `| head -1`, the process ends without a message. An uncaught error ends it with a sentence.
 */
export function openConsole(): Io {
  process.stdout.on('error', (error) => {
    if (isClosed(error)) process.exit();
    throw error;
  });
  // When the reader of standard error, where the log goes, is gone, the process goes on.
  process.stderr.on('error', () => {});
  process.on('uncaughtException', (error) => {
    process.stderr.write(`facefinder: ${explain(error, process.env).text}\n`);
    process.exit(1);
  });
  return {
    out: (line) => void process.stdout.write(`${line}\n`),
    err: (line) => void process.stderr.write(`${line}\n`),
    env: process.env,
  };
}

function isClosed(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'EOF');
}
