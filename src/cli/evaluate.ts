import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { evaluate as evaluateAlbum } from '../evaluate/evaluation.ts';
import { readGroups } from '../evaluate/groups.ts';
import { readProtocol } from '../evaluate/protocol.ts';
import { htmlReport, textReport } from '../evaluate/report.ts';
import { matcher } from '../match/matcher.ts';
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFromArgs } from './folder.ts';
import type { Verb } from './verb.ts';

/** `facefinder evaluate`: how well a pack tells these people apart. */
export const evaluate: Verb = {
  name: 'evaluate',
  summary: 'Measure how well a pack tells people apart, on a folder of person-folders',
  usage: `facefinder evaluate <folder> [--pairs FILE] [--errata FILE] [--groups FILE] [--pack NAME] [--json] [--report FILE]

${FOLDER_USAGE}
  --pairs FILE     genuine pairs, and accuracy in ten folds, by a list in LFW's form (pairs.csv or pairs.txt)
  --groups FILE    whether chances are true in each group of people too, by a list of lines "group,name"; * ends or begins a name
  --json           the figures as one line of JSON
  --report FILE    the figures and a DET curve as an HTML page

Example: facefinder evaluate lfw --pairs pairs.csv --report report.html`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...FOLDER_OPTIONS,
        pairs: { type: 'string' },
        groups: { type: 'string' },
        json: { type: 'boolean' },
        report: { type: 'string' },
      },
    });
    const list = values.pairs === undefined ? undefined : await readFile(values.pairs, 'utf8');
    const listed = values.groups === undefined ? undefined : await readFile(values.groups, 'utf8');
    const { pack, album, subjects, same } = await folderFromArgs(positionals, values, io);
    const { impostors, thresholds } = pack.manifest;
    const evaluation = evaluateAlbum(album, subjects, {
      pack: pack.id,
      matcher: matcher(impostors, {
        verification: thresholds.verify,
        matchDistance: readConfig(io.env).matchDistance,
      }),
      protocol: list === undefined ? undefined : readProtocol(list, album),
      same,
      groups: listed === undefined ? undefined : readGroups(listed, album),
    });
    io.out(values.json ? JSON.stringify(evaluation) : textReport(evaluation));
    if (values.report !== undefined) await writeFile(values.report, htmlReport(evaluation));
    return 0;
  },
};
