import { rulesHere } from '../src/chat/group/rules.ts';
import type { Declared } from './declared.ts';

/** /help: shows the commands, the contact, and the version. */
export const help = {
  name: 'help',
  kind: 'anywhere',
  isPersonal: false,
  async run(tools, { ask, words }) {
    const { offered, contact, version } = tools;
    const rules = await rulesHere(tools, ask);
    const lines = offered(rules).map((name) => words.help.command({ name, what: words.commands[name].what }));
    const whom = contact === undefined ? words.help.noContact : words.help.contact({ contact });
    const text = [
      rules.findBy === 'self' ? words.help.titleSelf : words.help.title,
      lines.join('\n'),
      `${words.help.ai} ${whom} ${words.help.version({ version })}`,
    ].join('\n\n');
    return [{ kind: 'info', text }];
  },
} satisfies Declared;
