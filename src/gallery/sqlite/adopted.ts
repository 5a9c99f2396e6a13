import { lookInto } from '../../sqlite/file.ts';
import { adoptedPack } from './meta.ts';

/**
 * The id of the pack that a gallery's file adopted last, read without a key. Undefined when no
 * listener has used the gallery yet.
 * @throws Failure `unavailable` when the file cannot be read
 */
export function packOfSqliteGallery(path: string): Promise<string | undefined> {
  return lookInto(path, (sql) => {
    const isMade = sql.get`SELECT name FROM sqlite_schema WHERE name = 'meta'` !== undefined;
    return isMade ? adoptedPack(sql) : undefined;
  });
}
