import { DAY_MS } from '../consent/sweep.ts';
import { TOMBSTONE_RETENTION_MS } from '../gallery/erasure.ts';
import { FIND_RETENTION_MS, MAX_TEMPLATES } from '../gallery/gallery.ts';
import { DRAFT, list, type Paper, type PaperFacts, places, recipients, searchers } from './paper.ts';

/** The record of processing activities (GDPR Art. 30). */
export function record(facts: PaperFacts): Paper {
  const { contact, retentionDays, findBy, findPhotos, enrolProof, findsPerHour, pack, version } = facts;
  const rows: readonly (readonly [asked: string, answer: string])[] = [
    ['Controller, contact', contact],
    ['Joint controllers, representative, data protection officer', '☐ none, or who'],
    ['Processing', 'finding people who agreed to it in photos that members of their group send'],
    ['Purpose `enrol`', `keep at most ${MAX_TEMPLATES} templates of a face, so that members can find its owner`],
    ['Purpose `search`', 'look at the photos that a person sends, and name who agreed'],
    [
      'Purpose `self`',
      'compare the photos that a person sends with that person’s own templates, and tell them where they are',
    ],
    ['Purpose `blur`', 'look where faces are in the photos that a person sends, and blur them; nobody is recognised'],
    ['Who searches', searchers(findBy)],
    [
      'Which photos',
      findPhotos === 'own'
        ? 'those that the searcher sends'
        : 'those that the searcher sends, and those in messages of others, unless their sender forbids it',
    ],
    ['Who enrols', enrolProof === 'none' ? 'whoever sends a selfie' : 'whoever shows a gesture in one more selfie'],
    ['Limit', `${findsPerHour} searches an hour for each person and group`],
    ['Legal basis', 'explicit consent, GDPR Art. 6(1)(a) and 9(2)(a)'],
    ['People', 'members of the groups that the bot is in, of age; for seconds, others in a photo'],
    ['Data', 'account id, display name, consents, templates (biometric data), who found whom and when'],
    ['Not kept', 'photos, and the numbers of faces of people who did not agree'],
    ['Kept', `until /forget, leaving, removal of the bot, or ${retentionDays} days after the last renewal`],
    ['Search log', `${FIND_RETENTION_MS / DAY_MS} days`],
    ['After an erasure', `a keyed hash and a counter, ${TOMBSTONE_RETENTION_MS / DAY_MS} days`],
    ['Software', `facefinder ${version}, model pack ${pack}`],
  ];
  return {
    file: 'record-of-processing.md',
    text: [
      '# Record of processing (GDPR Art. 30)',
      DRAFT,
      '| | |\n|---|---|\n'.concat(rows.map(([asked, answer]) => `| ${asked} | ${answer} |`).join('\n')),
      '## Recipients, and transfers to other countries',
      list([...recipients(facts), '☐ who hosts the machines, and where']),
      '## Where it lies',
      list(places(facts)),
      '## Security',
      list([
        'consent is a condition of the code: nothing of a photo is fetched without it (SECURITY.md)',
        'sealed at rest, keyed hashes in place of ids, no person in logs and metrics',
        '☐ who may log in to the machines, and how the master key is kept',
      ]),
      '',
    ].join('\n\n'),
  };
}
