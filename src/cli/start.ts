import { parseArgs } from 'node:util';
import { start as startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import type { Verb } from './verb.ts';

/** After the stop, the process may still live this long. Everything important is done before. */
const LEFTOVERS_MS = 250;

/** `facefinder start`: runs the parts of the configured role until a signal. */
export const start: Verb = {
  name: 'start',
  summary: 'Start the bots, the workers and the local page',
  usage:
    'facefinder start\n\nWith nothing configured: a page on http://127.0.0.1:8080. docs/operate.md lists what can be set.',
  async run(args, io) {
    parseArgs({ args, options: {} });
    const config = readConfig(io.env);
    const app = await startApp(config, openLog(config.logLevel, config.role), io.err);
    // The handlers are set before the line "is ready" is printed, because whoever reads that line
    // may send a signal at once. The handlers stay set during the stop: npm sends a second signal
    // for one Ctrl-C, and the second one must not interrupt the stop.
    const toldToEnd = new Promise<undefined>((resolve) => {
      const end = () => resolve(undefined);
      process.on('SIGINT', end).on('SIGTERM', end);
    });
    io.out(`facefinder is ready${app.url === undefined ? '' : `: ${app.url}`}`);
    const cause = await Promise.race([toldToEnd, app.unrecoverable]);
    if (cause) io.err(`facefinder start: ${cause.message}`);
    await app.stop();
    // A connection that hangs could keep the process alive until the system kills it, which would
    // look like a crash.
    setTimeout(() => process.exit(), LEFTOVERS_MS).unref();
    return cause ? 1 : 0;
  },
};
