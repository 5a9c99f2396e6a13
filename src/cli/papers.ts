import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { DEFAULT_PACK } from '../../models/pack.ts';
import { isKeyBeside } from '../app/keys.ts';
import { packInUse } from '../app/pack.ts';
import { type Config, ConfigError, readConfig } from '../config.ts';
import type { PaperFacts } from '../papers/paper.ts';
import { papers as drafts } from '../papers/papers.ts';
import { LOCALES, languageOf } from '../text/words.ts';
import { VERSION } from '../version.ts';
import { UsageError, type Verb } from './verb.ts';

/** `facefinder papers`: writes drafts of the papers that an operator needs. */
export const papers: Verb = {
  name: 'papers',
  summary: 'Write drafts of an operator’s papers from the configuration: policy, assessment, record, runbook, pin',
  usage: `facefinder papers [FOLDER] [--language ${LOCALES.join('|')}]

  FOLDER      where they are written; papers if left out. What stands there already is kept: name a new folder
  --language  of the privacy policy and of the text to pin; en if left out. What an operator reads is in English

Writes privacy-policy.md (what /privacy shows), pin.md, dpia.md, record-of-processing.md and breach-runbook.md. They are drafts, and
say what this configuration says: run it again after you changed a setting.`,
  async run(args, io) {
    const options = { language: { type: 'string', default: 'en' } } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [folder = 'papers', ...more] = positionals;
    if (more.length > 0) throw new UsageError('name one FOLDER');
    if (languageOf(values.language) === undefined) throw new UsageError(`--language is one of ${LOCALES.join(', ')}`);
    const facts = await factsOf(readConfig(io.env));
    mkdirSync(folder, { recursive: true });
    for (const { file, text } of drafts(facts, values.language)) {
      const path = join(folder, file);
      if (!isWritten(path, text))
        throw new UsageError(`${path} is there already, and may be your own work: name another FOLDER`);
      io.out(resolve(path));
    }
    return 0;
  },
};

function isWritten(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

async function factsOf(config: Config): Promise<PaperFacts> {
  const {
    contact,
    policyUrl,
    retentionDays,
    findBy,
    findPhotos,
    enrolProof,
    findsPerHour,
    platforms,
    stores,
    dataDir,
  } = config;
  if (contact === undefined) {
    throw new ConfigError(
      'CONTACT is not set: papers name who runs the bot, like CONTACT="Chess club board, board@example.org"',
    );
  }
  // The pack is read from the gallery, which need not exist yet.
  const pack = await packInUse(config).catch(() => DEFAULT_PACK);
  const { mode } = stores;
  const of = { policyUrl, retentionDays, findBy, findPhotos, enrolProof, findsPerHour, pack, platforms, mode, dataDir };
  return { ...of, isKeyBeside: isKeyBeside(config), contact, version: VERSION };
}
