import { DatabaseSync, type SQLTagStore } from 'node:sqlite';

const createTagStore = DatabaseSync.prototype.createTagStore;
const counts = new Map<string, number>();

/** From now on the statements that go to a database file are counted, and the rows that come back. */
export function countStatements(file: string): () => number {
  DatabaseSync.prototype.createTagStore = function (this: DatabaseSync, ...options) {
    const path = this.location() ?? '';
    return counting(createTagStore.apply(this, options), (spent) => counts.set(path, (counts.get(path) ?? 0) + spent));
  };
  return () => counts.get(file) ?? 0;
}

function counting(store: SQLTagStore, spend: (units: number) => void): SQLTagStore {
  return new Proxy(store, {
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
