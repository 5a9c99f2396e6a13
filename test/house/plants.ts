import { WHOAMI } from './whoami.ts';

/** A violation of a rule, and what `npm run check` must report. */
export interface Plant {
  readonly name: string;
  readonly path: string;
  /** The file's text with the violation. `text` is empty for a missing file. */
  readonly put: (text: string) => string;
  readonly seen: RegExp;
}

const before =
  (lines: string) =>
  (text: string): string =>
    `${lines}\n${text}`;

const instead =
  (found: string | RegExp, lines: string) =>
  (text: string): string => {
    const changed = text.replace(found, lines);
    if (changed === text) throw new Error(`nothing to replace: ${found}`);
    return changed;
  };

const whole = (text: string) => (): string => text;

/** A plant that adds a line at the top of a file: an import that the tables of rooms.ts forbid. */
function arrow(path: string, line: string, told: string): Plant {
  const seen = new RegExp(`${path}: .*${told}`);
  return { name: `${path} imports ${told}`, path, put: before(line), seen };
}

const ARROWS: readonly Plant[] = [
  arrow('src/failure.ts', "import '@elastic/elasticsearch';", '@elastic/elasticsearch'),
  arrow('src/metrics/metrics.ts', "import 'sharp';", 'sharp'),
  arrow('src/ops.ts', "import type {} from './gallery/sqlite/sqlite.ts';", 'src/gallery/sqlite/sqlite.ts'),
  arrow('src/log.ts', "import type {} from './gallery/transfer.ts';", 'src/gallery/transfer.ts'),
  arrow('src/chat/gate.ts', "import '../face/pipeline.ts';", 'src/face/pipeline.ts'),
  arrow('src/chat/answering/dispatch.ts', "import 'prom-client';", 'prom-client'),
  arrow('src/chat/flow.ts', "import '@fastify/busboy';", '@fastify/busboy'),
  arrow('src/chat/answering/execute.ts', "import('../face/pool.ts');", 'src/face/pool.ts'),
  arrow('src/chat/buttons/press.ts', "import '../../commands/index.ts';", 'commands/index.ts'),
  arrow('src/chat/answering/expiry.ts', "import '../app.ts';", 'src/app.ts'),
  arrow('src/chat/limits/limits.ts', "import '../config.ts';", 'src/config.ts'),
  arrow('commands/help.ts', "import '../src/face/pool.ts';", 'src/face/pool.ts'),
  arrow('commands/privacy.ts', "import 'node:sqlite';", 'node:sqlite'),
  arrow('commands/forget.ts', "import '../src/bots/telegram/out/api.ts';", 'src/bots/telegram/out/api.ts'),
  arrow('src/bots/telegram/out/render.ts', "import '../../discord/markdown.ts';", 'src/bots/discord/markdown.ts'),
  arrow('src/bots/discord/render.ts', "import '../page/render.ts';", 'src/bots/page/render.ts'),
  arrow('src/bots/page/render.ts', "import 'grammy';", 'grammy'),
  arrow('src/gallery/gallery.ts', "import './sqlite/sqlite.ts';", 'src/gallery/sqlite/sqlite.ts'),
  arrow('src/gallery/sqlite/sqlite.ts', "import '../elasticsearch/client.ts';", 'src/gallery/elasticsearch/client.ts'),
  arrow('src/queue/queue.ts', "import 'ioredis';", 'ioredis'),
  arrow('src/consent/consent.ts', "import '../gallery/gallery.ts';", 'src/gallery/gallery.ts'),
  arrow('src/match/chance.ts', "import '../text/words.ts';", 'src/text/words.ts'),
  arrow('src/secrets/seal.ts', "import 'node:http';", 'node:http'),
  arrow('src/face/detect.ts', "import '../chat/reply.ts';", 'src/chat/reply.ts'),
  arrow('models/manifest.ts', "import 'left-pad';", 'left-pad'),
  {
    name: 'a room that nobody knows',
    path: 'src/slack/slack.ts',
    put: whole('export const slack = 1;\n'),
    seen: /src\/slack\/slack\.ts stands in no room/,
  },
];

const STYLE: readonly Plant[] = [
  {
    name: 'a long file',
    path: 'src/match/long.ts',
    put: whole(`/** Long. */\nexport const long = 1;\n${'// One more.\n'.repeat(300)}`),
    seen: /src\/match\/long\.ts has 302 lines/,
  },
  {
    name: 'a long test file',
    path: 'test/match/long.test.ts',
    put: whole('// One more.\n'.repeat(301)),
    seen: /test\/match\/long\.test\.ts has 301 lines/,
  },
  {
    name: 'a long function',
    path: 'src/match/verdict.ts',
    put: (text) => `${text}\n/** Long. */\nexport function endless(): void {${'\n'.repeat(100)}}\n`,
    seen: /src\/match\/verdict\.ts:\d+ is a function of 101 lines/,
  },
  {
    name: 'a long comment line',
    path: 'src/match/distance.ts',
    put: before(`// ${'Long. '.repeat(17)}`),
    seen: /src\/match\/distance\.ts:1 is a comment of 10\d signs/,
  },
  {
    name: 'a barrel',
    path: 'src/match/index.ts',
    put: whole("export * from './chance.ts';\n"),
    seen: /src\/match\/index\.ts is a barrel/,
  },
  {
    name: 'a grab-bag',
    path: 'src/match/utils.ts',
    put: whole('/** One. */\nexport const one = 1;\n'),
    seen: /src\/match\/utils\.ts: name it/,
  },
  ...(
    [
      ['src/consent/ledger.ts', '// @ts-ignore'],
      ['src/consent/notice.ts', '// biome-ignore lint: not now'],
      ['src/consent/sweep.ts', 'let anything: any;'],
      ['src/secrets/keys.ts', 'const key = 1 as unknown as string;'],
    ] as const
  ).map(([path, line]) => ({
    name: `the escape ${line}`,
    path,
    put: before(line),
    seen: new RegExp(`${path} has \\d+ type or lint escapes`),
  })),
  {
    name: 'a promise out of a block with using',
    path: 'src/match/impostors.ts',
    put: (text) => `${text}\nasync function leave() { await using held = open(); return failed.promise; }\n`,
    seen: /src\/match\/impostors\.ts:\d+ returns a promise/,
  },
  {
    name: 'a member that nobody reads',
    path: 'src/failure.ts',
    put: (text) => `${text}\n/** A table. */\nexport const T = { busy: { httpStatusCode: 503 } } as const;\n`,
    seen: /src\/failure\.ts:\d+: nobody reads httpStatusCode/,
  },
  {
    name: 'a two-way pair of files',
    path: 'src/match/chance.ts',
    put: before("import './matcher.ts';"),
    seen: /import cycle|noImportCycles/,
  },
];

const LIMITS: readonly Plant[] = [
  {
    name: 'a limit in two places',
    path: 'commands/mydata.ts',
    put: before('const MAX_TEMPLATES = 5;'),
    seen: /MAX_TEMPLATES stands in commands\/mydata\.ts:\d+ and/,
  },
  {
    name: 'another limit in two places',
    path: 'src/bots/telegram/in/heard.ts',
    put: before('const MAX_FACES = 64;'),
    seen: /MAX_FACES stands in .*src\/bots\/telegram\/in\/heard\.ts/,
  },
  {
    name: 'a limit without a name',
    path: 'src/bots/page/form.ts',
    put: (text) => `${text}\nif (process.argv.length > 10) throw new Error();\n`,
    seen: /src\/bots\/page\/form\.ts:\d+ compares a count with 10/,
  },
  {
    name: 'a limit that a document states as another',
    path: 'docs/who-sees-what.md',
    put: instead('| over 20 MB, ', '| over 25 MB, '),
    seen: /the documents state the limits of photos/,
  },
];

const COMMANDS: readonly Plant[] = [
  {
    name: 'a command without words',
    path: 'commands/whoami.ts',
    put: whole(WHOAMI),
    seen: /commands\/whoami\.ts\(\d+,\d+\): error TS2322: Type '"whoami"' is not assignable/,
  },
  {
    name: 'a command that the list lacks',
    path: 'commands/whoami.ts',
    put: whole(WHOAMI),
    seen: /Unused files[\s\S]*commands\/whoami\.ts/,
  },
  {
    name: 'a command that README lacks',
    path: 'README.md',
    put: instead(/\n\| `\/privacy` \|.*/, ''),
    seen: /README lists/,
  },
  {
    name: 'a document that names no command',
    path: 'docs/telegram.md',
    put: (text) => `${text}\nSend \`/erase\`.\n`,
    seen: /docs\/telegram\.md names \/erase, which is no command/,
  },
  {
    name: 'a page that sends no command',
    path: 'src/bots/page/public/welcome.js',
    put: (text) => `${text}\nconst gone = '/vanish';\n`,
    seen: /welcome\.js names \/vanish, which is no command/,
  },
];

/** Changes sentences of a catalogue, by their keys. Undefined removes a sentence. */
function sentences(changes: Readonly<Record<string, string | undefined>>): Plant['put'] {
  return (text) => {
    const catalogue = JSON.parse(text);
    for (const [path, sentence] of Object.entries(changes)) {
      const keys = path.split('.');
      const last = keys.pop() ?? '';
      const part = keys.reduce((level, key) => level[key], catalogue);
      if (sentence === undefined) delete part[last];
      else part[last] = sentence;
    }
    return `${JSON.stringify(catalogue, undefined, 2)}\n`;
  };
}

const german = (name: string, changes: Readonly<Record<string, string | undefined>>, seen: RegExp): Plant => ({
  name,
  path: 'src/text/languages/de.json',
  put: sentences(changes),
  seen,
});

const LANGUAGES: readonly Plant[] = [
  german('a name that Discord refuses', { 'commands.mydata.discordName': 'Meine Daten' }, /"Meine Daten"/),
  german('a label that is too long', { 'discord.form.consent': 'é'.repeat(76) }, /consent has 76 .* at most 45/),
  german('a finder who is dropped', { 'mydata.foundBy': '{date}: jemand' }, /foundBy does not say \{name\}/),
  german('a notice that always says 365', { 'notice.howLong': 'Bis /forget, oder 365 Tage.' }, /howLong .*\{days\}/),
  german('a notice with another age', { 'notice.limits': 'Du bist 16 oder älter.' }, /limits does not say 18/),
  german('a sentence that names no command', { 'help.title': 'Nimm /hilfe.' }, /title says \/hilfe/),
  german('a missing sentence', { 'find.looking': undefined }, /find\.looking is missing/),
  german('a sentence that nobody knows', { 'find.seeking': 'Suche' }, /find\.seeking is no key/),
  german('an argument that there is not', { 'find.photo': 'Gesicht {nummer}' }, /called \{nummer\}/),
  german('an empty sentence', { 'find.title': ' ' }, /find\.title is (empty|no key)/),
  german('a description that is too long', { 'commands.find.what': 'é'.repeat(101) }, /what has 101 .* at most 100/),
  german(
    'a plural without a form',
    { alert: '{count, plural, other {{count} Leute; /mydata}}' },
    /alert: .*lacks the form/,
  ),
];

const DOCUMENTS: readonly Plant[] = [
  {
    name: 'a link that leads nowhere',
    path: 'PRIVACY.md',
    put: (text) => `${text}\nSee [the policy](docs/policy.md).\n`,
    seen: /PRIVACY\.md names docs\/policy\.md/,
  },
  {
    name: 'a test that is not there',
    path: 'SECURITY.md',
    put: (text) => `${text}\nHeld by \`test/secrets/never.test.ts\`.\n`,
    seen: /SECURITY\.md names test\/secrets\/never\.test\.ts/,
  },
  {
    name: 'a comment that names no file',
    path: 'src/match/matcher.ts',
    put: before('// See src/match/gone.ts.'),
    seen: /src\/match\/matcher\.ts names src\/match\/gone\.ts/,
  },
  {
    name: 'a script that is not there',
    path: 'CONTRIBUTING.md',
    put: (text) => `${text}\nRun \`npm run polish\`.\n`,
    seen: /CONTRIBUTING\.md says "npm run polish"/,
  },
  {
    name: 'a variable that nothing reads',
    path: 'docs/discord.md',
    put: (text) => `${text}\nSet \`DISCORD_COLOUR\`.\n`,
    seen: /docs\/discord\.md names the variable DISCORD_COLOUR/,
  },
];

/**
 * Violations of every kind of rule, all planted in one tree: one run of `npm run check` must report
 * each.
 */
export const PLANTS: readonly Plant[] = [...ARROWS, ...STYLE, ...LIMITS, ...COMMANDS, ...LANGUAGES, ...DOCUMENTS];
