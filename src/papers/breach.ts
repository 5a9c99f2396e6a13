import { DRAFT, list, type Paper, type PaperFacts, places, recipients } from './paper.ts';

/** The plan for a data breach: data were lost, or strangers saw them (GDPR Art. 33 and 34). */
export function breach(facts: PaperFacts): Paper {
  const { contact, policyUrl } = facts;
  return {
    file: 'breach-runbook.md',
    text: [
      '# When something got out: a runbook',
      DRAFT,
      '## The first hour',
      list([
        'note the time: 72 hours count from now (GDPR Art. 33)',
        'stop the bot; leave the machine on, and copy logs and disks before anything is repaired',
        `say who decides: ☐ name. Reached at: ${contact}`,
      ]),
      '## What was exposed',
      list(places(facts)),
      list([
        'only sealed data, without the master key: say so, with the reason why the key was not with them',
        'the master key too: every account id, name, consent and template; treat templates as biometric data that cannot be changed',
        'a bot token: revoke it at the platform; messages of that time were readable',
      ]),
      '## Whom to tell, and by when',
      list([
        'the data protection authority, within 72 hours: ☐ which, and its form',
        ...recipients(facts).map((one) => `${one}: their terms ask to be told of a breach`),
        'the people, without delay, where the risk for them is high: through the bot’s groups, and ' +
          (policyUrl ?? '☐ where else'),
        'in the United States: ☐ state laws on biometric data and breaches (Illinois, Texas, Washington, Colorado)',
      ]),
      '## Letter to the people',
      [
        'On ☐ date, ☐ what happened. What others may have: ☐ account ids, names, templates of faces (numbers by which a face can be',
        'recognised; no photos are kept). What we did: ☐. What you can do: /forget erases all that is left here; a receipt proves it.',
        `Questions: ${contact}.`,
      ].join('\n'),
      '## Afterwards',
      list([
        'a new MASTER_KEY means a new gallery: everybody enrols again; `facefinder erase` or remove the bot from its groups first',
        'write down what happened, its effects, and what was done (Art. 33(5)), whether or not it was reported',
      ]),
      '',
    ].join('\n\n'),
  };
}
