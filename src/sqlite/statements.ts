import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * Runs statements: sql.get<Row>`SELECT … ${value}`. A statement is prepared once. The caller must
 * make sure that `Row` fits its columns.
 */
export interface Sql {
  get<Row>(text: TemplateStringsArray, ...values: SQLInputValue[]): Row | undefined;
  all<Row>(text: TemplateStringsArray, ...values: SQLInputValue[]): Row[];
  run(text: TemplateStringsArray, ...values: SQLInputValue[]): ReturnType<StatementSync['run']>;
}

/**
 * Prepares each statement once, by its place in the program. Node has a tag store that does so too.
 * With that, a database that is closed before its statements stays open in SQLite, and then no
 * other process can take over the file.
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
  // Node's types know only that a row has values, so the caller names the type.
  return sql as unknown as Sql;
}
