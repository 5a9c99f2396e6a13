import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * Runs statements, prepared once each: sql.get<Row>`SELECT … ${value}`. A row has the columns that the
 * statement names; that `Row` says the same, its writer sees to.
 */
export interface Sql {
  get<Row>(text: TemplateStringsArray, ...values: SQLInputValue[]): Row | undefined;
  all<Row>(text: TemplateStringsArray, ...values: SQLInputValue[]): Row[];
  run(text: TemplateStringsArray, ...values: SQLInputValue[]): ReturnType<StatementSync['run']>;
}

/**
 * Prepares each statement once, at the place in the program where it stands. Node's own tag store does the same, but a database that
 * is closed over its statements stays open in SQLite: nobody else could take the file over then.
 */
export function statementsOf(db: DatabaseSync): Sql {
  const prepared = new Map<TemplateStringsArray, StatementSync>();
  const statement = (text: TemplateStringsArray): StatementSync => {
    const known = prepared.get(text);
    if (known) return known;
    const made = db.prepare(text.join('?'));
    prepared.set(text, made);
    return made;
  };
  const sql = {
    get: (text: TemplateStringsArray, ...values: SQLInputValue[]) => statement(text).get(...values),
    all: (text: TemplateStringsArray, ...values: SQLInputValue[]) => statement(text).all(...values),
    run: (text: TemplateStringsArray, ...values: SQLInputValue[]) => statement(text).run(...values),
  };
  // Node types a row by its values alone.
  return sql as unknown as Sql;
}
