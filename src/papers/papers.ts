import { breach } from './breach.ts';
import { impact } from './impact.ts';
import { type Paper, type PaperFacts, pinned, policy } from './paper.ts';
import { record } from './record.ts';

/**
 * Drafts of the papers that an operator of a bot needs, with this installation's settings. The
 * policy and the pinned text are in the language of `locale`; texts for the operator and an
 * authority are in English.
 */
export function papers(facts: PaperFacts, locale: string): readonly Paper[] {
  return [policy(facts, locale), pinned(facts, locale), impact(facts), record(facts), breach(facts)];
}
