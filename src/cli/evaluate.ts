import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { svgFile } from '../evaluate/chart.ts';
import { charts } from '../evaluate/charts.ts';
import { evaluate as evaluateAlbum } from '../evaluate/evaluation.ts';
import { htmlReport, textReport } from '../evaluate/report.ts';
import { matcher } from '../match/matcher.ts';
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFromArgs } from './folder.ts';
import type { Verb } from './verb.ts';

/** `facefinder evaluate`: measures how well a pack tells the people in a folder apart. */
export const evaluate: Verb = {
  name: 'evaluate',
  summary: 'Measure how well a pack tells people apart, on a folder of person-folders',
  usage: `facefinder evaluate <folder> [--pairs FILE] [--errata FILE] [--groups FILE] [--pack NAME] [--json]
                    [--defects] [--report FILE] [--plots FOLDER]

${FOLDER_USAGE}
  --pairs FILE     genuine pairs, and accuracy in ten folds, by a list in LFW's form (pairs.csv or pairs.txt)
  --groups FILE    rates, and whether chances are true, in each group of people too, by a list of lines "group,name"; * ends or
                   begins a name
  --defects        also what glasses, sunglasses, masks, blur, want of detail and of light do to photos, on copies of the photos of
                   every second person: takes four times as long
  --json           the figures as one line of JSON
  --report FILE    the figures and the charts as an HTML page
  --plots FOLDER   the charts as files: det.svg, identification.svg, chances.svg, groups.svg, quality.svg

docs/evaluate.md says what the figures mean. Stores nothing but the files that you ask for; no face and no name is in them.

Example: facefinder evaluate people --groups groups.csv --report report.html`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...FOLDER_OPTIONS,
        pairs: { type: 'string' },
        groups: { type: 'string' },
        defects: { type: 'boolean' },
        json: { type: 'boolean' },
        report: { type: 'string' },
        plots: { type: 'string' },
      },
    });
    if (values.plots !== undefined) await mkdir(values.plots, { recursive: true });
    const { pack, album, subjects, ...folder } = await folderFromArgs(
      positionals,
      values,
      io,
      values.defects ? { copied: 'measured' } : {},
    );
    const { impostors, thresholds } = pack.manifest;
    const evaluation = evaluateAlbum(album, subjects, {
      pack: pack.id,
      matcher: matcher(impostors, {
        verification: thresholds.verify,
        matchDistance: readConfig(io.env).matchDistance,
      }),
      ...folder,
    });
    io.out(values.json ? JSON.stringify(evaluation) : textReport(evaluation));
    if (values.report !== undefined) await writeFile(values.report, htmlReport(evaluation));
    for (const { name, svg } of values.plots === undefined ? [] : charts(evaluation)) {
      await writeFile(join(values.plots ?? '', `${name}.svg`), svgFile(svg));
    }
    return 0;
  },
};
