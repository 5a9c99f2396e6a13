import type { Sentences } from './catalogue.ts';

/**
 * How languages say "here". Most answers are read in private, where "here" does not mean the group.
 */
const POINTING: Readonly<Record<string, RegExp>> = {
  en: /\bhere\b|\bthis (group|server|chat|club)\b/i,
  de: /\bhier(her|von|mit|zu)?\b|\bdiese[rmns]? (Gruppe|Server|Chat)\b/i,
};

/**
 * Sentences that are posted in the group itself, or that the page writes under the group's name.
 */
const SAID_INSIDE: readonly string[] = [
  'invite.text',
  'telegram.description',
  'telegram.makeAdmin',
  'papers.pin',
  'browser.nobody',
];

/**
 * Sentences with "here" or "this group". What people may read in private must name the group
 * instead.
 */
export function elsewhereViolations(language: string, theirs: Sentences): string[] {
  const pointing = POINTING[language];
  if (!pointing) return [];
  return [...theirs].flatMap(([path, text]) => {
    const [said] = SAID_INSIDE.includes(path) ? [] : (pointing.exec(text) ?? []);
    return said === undefined ? [] : [`${path} says "${said}", but may be read elsewhere: name the group`];
  });
}

/** Languages whose words for "here" are known to the test. */
export const POINTED: readonly string[] = Object.keys(POINTING);
