import { breach } from './breach.ts';
import { impact } from './impact.ts';
import { type Paper, type PaperFacts, pinned, policy } from './paper.ts';
import { record } from './record.ts';

/**
 * Drafts of what an operator of a bot needs on paper, as this installation is set. The policy and what is pinned are in the language
 * of `locale`; what the operator and an authority read is in English.
 */
export function papers(facts: PaperFacts, locale: string): readonly Paper[] {
  return [policy(facts, locale), pinned(facts, locale), impact(facts), record(facts), breach(facts)];
}
