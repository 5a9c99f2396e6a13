import { explain } from './explain.ts';
import type { Io } from './verb.ts';

/**
 * The process's own input and output. When the reader of the output stops (`| head -1`), the
 * program ends without a word. An uncaught error ends it too, with a sentence.
 */
export function openConsole(): Io {
  process.stdout.on('error', (error) => {
    if (isClosed(error)) process.exit();
    throw error;
  });
  // When nobody reads the log, the program goes on.
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
