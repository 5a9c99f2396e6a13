import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * Runs SQL statements: sql.get<Row>`SELECT … ${value}`. The values are bound as parameters. Rows
 * are not checked: the caller makes sure that `Row` fits the statement's columns.
 */
export interface Sql {
  get<Row>(text: TemplateStringsArray, ...values: SQLInputValue[]): Row | undefined;
  all<Row>(text: TemplateStringsArray, ...values: SQLInputValue[]): Row[];
  run(text: TemplateStringsArray, ...values: SQLInputValue[]): ReturnType<StatementSync['run']>;
}

/**
 * Makes the {@link Sql} of a database. It prepares each statement once, and knows it again by the
 * template's place in the source. Node's own tag store does the same, but keeps a closed database
 * open in SQLite while its statements live, so that no other process can replace the file.
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
  // Node's types say only that a row has values. The caller names the type of the row.
  return sql as unknown as Sql;
}
