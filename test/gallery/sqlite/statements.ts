import { DatabaseSync, type StatementSync } from 'node:sqlite';

const prepare = DatabaseSync.prototype.prepare;
const counts = new Map<string, number>();

/**
 * Counts the statements to a database file from now on, and the rows that come back. The function
 * that it returns gives the sum.
 */
export function countStatements(file: string): () => number {
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...given) {
    const path = this.location() ?? '';
    return counting(prepare.apply(this, given), (spent) => counts.set(path, (counts.get(path) ?? 0) + spent));
  };
  return () => counts.get(file) ?? 0;
}

function counting(statement: StatementSync, spend: (units: number) => void): StatementSync {
  return new Proxy(statement, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const answer: unknown = value.apply(target, given);
        spend(Array.isArray(answer) ? 1 + answer.length : 1);
        return answer;
      };
    },
  });
}
