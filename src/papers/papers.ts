import { breach } from './breach.ts';
import { impact } from './impact.ts';
import { type Paper, type PaperFacts, pinned, policy } from './paper.ts';
import { record } from './record.ts';

/**
 * Makes drafts of the papers that an operator of a bot needs, from the facts of an installation.
 * The policy and the pinned text, which members read, are in the language of `locale`. The other
 * papers are in English.
 */
export function papers(facts: PaperFacts, locale: string): readonly Paper[] {
  return [policy(facts, locale), pinned(facts, locale), impact(facts), record(facts), breach(facts)];
}
