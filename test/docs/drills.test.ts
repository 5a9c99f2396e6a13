import { expect, test } from 'vitest';
import { readTree } from '../house/tree.ts';

const tree = readTree();
const rows = [...(tree.get('docs/runbook.md') ?? '').matchAll(/^\| (.+) \| (.+) \| `(test\/\S+)`: \*(.+)\* \|$/gm)];

test('each drill that the runbook lists is a test', () => {
  expect(rows.length).toBeGreaterThan(25);
  const missing = rows.flatMap(([, fault, , file = '', title = '']) =>
    tree.get(file)?.includes(title) ? [] : [`${fault}: ${file} has no "${title}"`],
  );
  expect(missing).toEqual([]);
});
