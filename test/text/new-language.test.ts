import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { wordsFor } from '../../src/text/words.ts';
import { catalogueOf, changed } from './catalogue.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Code that prints what the program itself tells people in Spanish. */
const ASK = `
  import { COMMANDS } from './commands/index.ts';
  import { commandsToRegister } from './src/bots/discord/registration.ts';
  import { localeOf } from './src/bots/page/locale.ts';
  import { menuOf } from './src/bots/telegram/out/menu.ts';
  import { browserWordsFor, LOCALES, wordsFor } from './src/text/words.ts';
  const [, find] = commandsToRegister(COMMANDS);
  console.log(JSON.stringify({
    languages: LOCALES,
    discord: find.description_localizations,
    telegram: menuOf(COMMANDS, 'es-MX')[1],
    page: browserWordsFor(localeOf('es-ES,en;q=0.5')).send,
    sentence: wordsFor('es-419').find.summary({ faces: 21, sure: 1, maybe: 0 }),
  }));
`;

test('a language is one file: Discord, Telegram, the page and every answer speak it', async () => {
  const copy = await mkdtemp(join(tmpdir(), 'facefinder-language-'));
  try {
    for (const part of ['src', 'commands', 'package.json']) {
      await cp(join(ROOT, part), join(copy, part), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'junction');
    const spanish = changed(catalogueOf('en'), {
      'commands.find.discordName': 'buscar',
      'commands.find.what': 'Busca a personas inscritas de este grupo en una foto',
      'find.summary':
        '{faces, plural, one {1 cara} other {{faces} caras}}, {sure, plural, =0 {nadie} one {1 conocida} other {{sure} conocidas}}{maybe, plural, =0 {} one {, 1 quizá} other {, {maybe} quizá}}.',
      'browser.send': 'Enviar',
    });
    await writeFile(join(copy, 'src/text/languages/es.json'), JSON.stringify(spanish));
    const ask = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', ASK], { cwd: copy });
    expect(JSON.parse((await ask).stdout)).toMatchObject({
      languages: expect.arrayContaining(['en', 'de', 'es']),
      discord: {
        de: wordsFor('de').commands.find.what,
        'es-ES': 'Busca a personas inscritas de este grupo en una foto',
        'es-419': 'Busca a personas inscritas de este grupo en una foto',
      },
      telegram: { command: 'find', description: 'Busca a personas inscritas de este grupo en una foto' },
      page: 'Enviar',
      sentence: '21 caras, 1 conocida.',
    });
  } finally {
    await rm(copy, { recursive: true });
  }
});
