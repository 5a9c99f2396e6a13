import { stat } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DEFAULT_PACK, describePack, loadPack } from '../../models/pack.ts';
import { modelStore } from '../../src/app/models.ts';
import { readConfig } from '../../src/config.ts';
import { FAST_PACK } from '../face/samples.ts';
import { readTree } from '../house/tree.ts';

const tree = readTree();
const readme = tree.get('README.md') ?? '';
const models = tree.get('docs/models.md') ?? '';
const config = readConfig(process.env);

/** A column of README's table of accuracy, from 1 in 100 on. */
const column = (index: number) =>
  [...readme.matchAll(/^\| 1 in ([\d,]+) \|(.*)\|$/gm)].map(([, rate = '', cells = '']) => ({
    rate: 1 / Number(rate.replaceAll(',', '')),
    figure: Number.parseFloat(cells.split('|')[index] ?? ''),
  }));

test.each([
  [DEFAULT_PACK, 0],
  [FAST_PACK, 2],
])('README’s distances of %s are those of its manifest', async (name, index) => {
  const { manifest } = await describePack(name, config.modelDir);
  const measured = new Map(manifest.impostors.fmr);
  expect(column(index)).toHaveLength(5);
  for (const { rate, figure } of column(index)) expect(figure).toBe(Number(measured.get(rate)?.toFixed(2)));
});

test.each([
  [DEFAULT_PACK, 1],
  [FAST_PACK, 3],
])('README and docs/models.md say the same of %s', (name, index) => {
  const [, row = ''] = new RegExp(`^\\| \`${name}\`(.*)$`, 'm').exec(models) ?? [];
  const shares = row.split('|').slice(2, 5).map(Number);
  const percents = column(index)
    .slice(1, 4)
    .map(({ figure }) => figure / 100);
  expect(shares).toEqual(percents.map((share) => expect.closeTo(share, 6)));
});

test('the models that a first start fetches are as large as README says', async () => {
  const { files } = await loadPack(DEFAULT_PACK, modelStore(config, console.error));
  const sizes = await Promise.all(Object.values(files).map(async (file) => (await stat(file)).size));
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  expect(readme).toContain(`model files of ${Math.round(megabytes)} MB`);
});
