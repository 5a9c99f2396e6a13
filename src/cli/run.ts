import { COMMANDS } from '../../commands/index.ts';
import { nearest } from '../nearest-word.ts';
import { VERSION } from '../version.ts';
import { explain } from './explain.ts';
import { verbs } from './index.ts';
import type { Io } from './verb.ts';

/**
 * Runs the verb that `argv` names, and gives the exit code: 0 when it is done, 1 when it failed, 2
 * for a wrong usage or configuration.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? io.err : io.out)(overview());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    io.out(`facefinder ${VERSION}`);
    return 0;
  }
  const verb = verbs.find((candidate) => candidate.name === name);
  if (!verb) {
    io.err(`facefinder: ${unknown(name)}`);
    return 2;
  }
  if (args.includes('--help') || args.includes('-h')) {
    io.out(`${verb.summary}\n\n${verb.usage}`);
    return 0;
  }
  try {
    return await verb.run(args, io);
  } catch (error) {
    const { text, exitCode, usage } = explain(error, io.env);
    io.err(usage ? `facefinder ${verb.name}: ${text}\n\n${verb.usage}` : `facefinder ${verb.name}: ${text}`);
    return exitCode;
  }
}

function unknown(name: string): string {
  const typed = name.replace(/^\//, '').toLowerCase();
  const chat = nearest(
    typed,
    COMMANDS.map((command) => command.name),
  );
  const verb = nearest(
    typed,
    verbs.map((candidate) => candidate.name),
  );
  if (chat === typed || (chat && !verb)) {
    return `"${name}" is nothing to type here. In a chat with the bot, or on the page, it is /${chat}.`;
  }
  return `there is no "${name}". ${verb ? `Did you mean facefinder ${verb}?` : 'facefinder --help lists what there is.'}`;
}

function overview(): string {
  const width = Math.max(...verbs.map((verb) => verb.name.length));
  const lines = verbs.map((verb) => `  ${verb.name.padEnd(width)}  ${verb.summary}`);
  return `Usage: facefinder <verb> [arguments]\n\n${lines.join('\n')}\n\nfacefinder <verb> --help says more.`;
}
