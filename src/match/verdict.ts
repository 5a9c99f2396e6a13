/** match: a stranger this close is unlikely (chance ≤ 1 %); possible: worth a look; unknown: nobody is named. */
export type Verdict = 'match' | 'possible' | 'unknown';
