import type { Command } from '../src/chat/command.ts';
import type { Tools } from './tools.ts';

/** /help: what there is to type, whom to ask, and which version answers. */
export function help({ contact, version }: Tools): Command {
  return {
    name: 'help',
    kind: 'anywhere',
    async run({ words }) {
      const lines = Object.entries(words.commands).map(([name, what]) => words.help.command(name, what));
      const whom = contact === undefined ? words.privacy.noContact : words.privacy.contact(contact);
      const text = [words.help.title, lines.join('\n'), `${whom} ${words.help.version(version)}`].join('\n\n');
      return [{ kind: 'info', text }];
    },
  };
}
