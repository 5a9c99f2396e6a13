import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { start as startApp } from '../app.ts';
import { readConfig } from '../config.ts';
import { openLog } from '../log.ts';
import type { Verb } from './verb.ts';

/** `facefinder start`: everything the configured role asks for, until a signal. */
export const start: Verb = {
  name: 'start',
  summary: 'Start the bots, the workers and the local page',
  usage: 'facefinder start\n\nWith nothing configured: a page on http://127.0.0.1:8080. README lists what can be set.',
  async run(args, io) {
    parseArgs({ args, options: {} });
    const config = readConfig(io.env);
    const app = await startApp(config, openLog(config.logLevel), io.err);
    io.out(`facefinder is ready${app.url === undefined ? '' : `: ${app.url}`}`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await app.stop();
    return 0;
  },
};
