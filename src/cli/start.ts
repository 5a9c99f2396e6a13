import { parseArgs } from 'node:util';
import { start as startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import type { Verb } from './verb.ts';

/** All that matters is done by then. */
const LEFTOVERS_MS = 250;

/** `facefinder start`: everything the configured role asks for, until a signal. */
export const start: Verb = {
  name: 'start',
  summary: 'Start the bots, the workers and the local page',
  usage:
    'facefinder start\n\nWith nothing configured: a page on http://127.0.0.1:8080. docs/operate.md lists what can be set.',
  async run(args, io) {
    parseArgs({ args, options: {} });
    const config = readConfig(io.env);
    const app = await startApp(config, openLog(config.logLevel, config.role), io.err);
    // Before it says that it is ready: whoever reads that may end it in the same moment. For good: npm passes a Ctrl-C on that
    // reached us already, and a second signal must not cut the stopping short, which ends by itself.
    const toldToEnd = new Promise<undefined>((resolve) => {
      const end = () => resolve(undefined);
      process.on('SIGINT', end).on('SIGTERM', end);
    });
    io.out(`facefinder is ready${app.url === undefined ? '' : `: ${app.url}`}`);
    const cause = await Promise.race([toldToEnd, app.unrecoverable]);
    if (cause) io.err(`facefinder start: ${cause.message}`);
    await app.stop();
    // What a listener or a hung connection leaves behind must not keep the process: it would be killed, and that looks like a crash.
    setTimeout(() => process.exit(), LEFTOVERS_MS).unref();
    return cause ? 1 : 0;
  },
};
