import { type Carrier, carrierIn } from '../chat/rights/notice.ts';
import { policyParts } from '../chat/rights/policy.ts';
import type { EnrolProof, FindBy } from '../consent/settings.ts';
import { wordsFor } from '../text/words.ts';

/** The facts of an installation that the papers state. */
export interface PaperFacts {
  /** The operator's name and contact. */
  readonly contact: string;
  readonly policyUrl: string | undefined;
  readonly retentionDays: number;
  readonly findBy: FindBy;
  readonly findPhotos: 'own' | 'any';
  readonly enrolProof: EnrolProof;
  readonly findsPerHour: number;
  /** The model pack. */
  readonly pack: string;
  /** The platforms that are turned on, each with the company that carries its messages, if any. */
  readonly platforms: readonly { readonly id: string; readonly carrier?: Carrier }[];
  /** `embedded`: one process with SQLite. `production`: Redis and Elasticsearch. */
  readonly mode: 'embedded' | 'production';
  readonly dataDir: string;
  /** Whether the master key is in `dataDir`, the folder with the data that it seals. */
  readonly isKeyBeside: boolean;
  /** The version of facefinder. */
  readonly version: string;
}

/** Says who may search photos for others. */
export function searchers(findBy: FindBy): string {
  switch (findBy) {
    case 'members':
      return 'every member of a group';
    case 'enrolled':
      return 'enrolled members of a group';
    case 'self':
      return 'nobody: whoever is enrolled looks for themselves alone';
  }
}

/** The draft of one paper. */
export interface Paper {
  /** The name of its file. */
  readonly file: string;
  /** The text in Markdown. */
  readonly text: string;
}

/** The first lines of papers in English. They say that the paper is no legal advice. */
export const DRAFT =
  '> DRAFT, written by `facefinder papers` from the configuration of this installation. Not legal advice: read it, complete what is ' +
  'marked with ☐, and have it checked before anybody relies on it.';

/** The privacy policy, as /privacy shows it. */
export function policy(facts: PaperFacts, locale: string): Paper {
  const words = wordsFor(locale);
  const carriers = facts.platforms.flatMap(({ carrier }) => carrierIn(locale, carrier) ?? []);
  const parts = policyParts(words, { ...facts, carriers }).map(({ heading, text }) => `## ${heading}\n\n${text}`);
  return {
    file: 'privacy-policy.md',
    text: [`# ${words.privacy.title}`, words.papers.draft, ...parts, ''].join('\n\n'),
  };
}

/** The text to pin in a group, for its members. */
export function pinned({ contact, policyUrl, retentionDays: days, findPhotos }: PaperFacts, locale: string): Paper {
  const { papers } = wordsFor(locale);
  const others = findPhotos === 'any';
  const text = papers.pin({ contact, days, hasPolicy: policyUrl !== undefined, policy: policyUrl ?? '', others });
  return { file: 'pin.md', text: `${papers.draft}\n\n${text}\n` };
}

/** The companies that carry messages, each with its country, in English. */
export function recipients({ platforms }: PaperFacts): string[] {
  return platforms.flatMap(({ id, carrier }) => {
    const named = carrierIn('en', carrier);
    return named ? [`${named.name} (${named.country}), through which everything on ${id} passes`] : [];
  });
}

/** Says where data are kept. */
export function places({ mode, dataDir, isKeyBeside }: PaperFacts): string[] {
  if (mode === 'production') {
    return [
      'Elasticsearch: people, sealed; consents and the search log, without names; templates under a secret transform of each group',
      'Redis: half-finished conversations, queued requests, how much answers told of whom, heads of the ledgers and a journal of ' +
        'erasures, sealed or as keyed hashes; never a photo',
    ];
  }
  const key = isKeyBeside ? 'in the same folder: ☐ move it elsewhere (MASTER_KEY_FILE)' : 'apart from it';
  return [
    `SQLite files in ${dataDir}: people and templates, sealed; consents and the search log, without names; the master key is kept ${key}`,
    'a file in STATE_DIR: heads of the ledgers and a journal of erasures, sealed',
  ];
}

/** The lines as a Markdown list. */
export function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}
