import { DAY_MS, NOTICE_GRACE_MS } from '../consent/sweep.ts';
import { MAX_TEMPLATES } from '../gallery/gallery.ts';
import { DRAFT, list, type Paper, type PaperFacts, places, recipients, searchers } from './paper.ts';

const OF_OTHERS =
  '| a photo is searched without its sender (FIND_PHOTOS=any) | its sender forbids it by a button, and reads in /mydata when it was ' +
  'done; whoever is not enrolled comes back blurred | ☐ why a question of the sender is not enough |';

/** The outline of a data protection impact assessment (GDPR Art. 35). */
export function impact(facts: PaperFacts): Paper {
  const { contact, retentionDays, findBy, findPhotos, findsPerHour, pack } = facts;
  return {
    file: 'dpia.md',
    text: [
      '# Outline of a data protection impact assessment (GDPR Art. 35)',
      DRAFT,
      '## 1. What is done',
      `${contact} runs a bot (model pack ${pack}). People enrol with at most ${MAX_TEMPLATES} templates of their face. ` +
        `Who searches photos for others: ${searchers(findBy)}. A photo is compared with the enrolled people of that group alone; at ` +
        `most ${findsPerHour} searches an hour for each person and group. All is erased ${retentionDays} days after the last renewal, ${NOTICE_GRACE_MS / DAY_MS} days after ` +
        'a new notice that somebody did not agree to, on leaving, and by /forget.',
      'Who receives data:',
      list([...recipients(facts), '☐ who hosts the machines']),
      'Where it lies:',
      list(places(facts)),
      '## 2. Is it necessary and in proportion?',
      list([
        '☐ why faces must be recognised, and why nothing milder serves',
        'explicit consent for each purpose apart, under a notice that names the group and the operator; no default, no penalty',
        '☐ whether people in this group are free to refuse (not at work, not at school)',
        'no minors: the notice asks for 18 or older. ☐ what is done when one is found out',
      ]),
      '## 3. What can go wrong for people',
      [
        '| risk | what stands against it | what is left |',
        '|---|---|---|',
        '| bystanders in a photo are looked at without a basis | in memory, for seconds, compared with those who agreed, never stored | ☐ whether that is acceptable where you are |',
        ...(findPhotos === 'own' ? [] : [OF_OTHERS]),
        '| somebody is named wrongly | the chance is stated beside each name; a match is at most 1 % | ☐ relatives, children, groups of people on whom nothing was measured |',
        '| somebody is enrolled by another | a face enrolled already is refused, its owner is told | a photo of somebody who is not enrolled may be enrolled by whoever has it |',
        '| the store is stolen | sealed under the master key | ☐ where the key lies; in Elasticsearch, a secret rotation hides little from who has photos of the members (SECURITY.md) |',
        '| a member stalks another | closed groups, limits, and everybody reads who found them | ☐ who deals with complaints |',
        '| an erasure fails or comes back | it is repeated until done, read back, and receipted | ☐ backups, and for how long |',
      ].join('\n'),
      '## 4. What those concerned say',
      '☐ what members of the groups said when you asked them (Art. 35(9)).',
      '## 5. Decision',
      '☐ residual risk, who decided, when, and when this is looked at again. High residual risk: ask the authority first (Art. 36).',
      '',
    ].join('\n\n'),
  };
}
