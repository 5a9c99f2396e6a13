import { parseArgs } from 'node:util';
import { impostorTable, worstGroup, writeCalibration } from '../evaluate/calibration.ts';
import { learnCorrection } from '../evaluate/learn-correction.ts';
import { compareAll } from '../evaluate/pairs.ts';
import { corrected, writtenCorrection } from '../face/correction.ts';
import { VERSION } from '../version.ts';
import { FOLDER_OPTIONS, FOLDER_USAGE, folderFromArgs } from './folder.ts';
import { UsageError, type Verb } from './verb.ts';

/** How many of the nearest pairs of strangers are shown. Such pairs may come from wrong labels. */
const SUSPECTS = 10;

/**
 * `facefinder calibrate`: measures how near strangers come to each other with a pack. The chances
 * and verdicts of answers follow from this measurement.
 */
export const calibrate: Verb = {
  name: 'calibrate',
  summary: "Measure a pack's impostor distribution, from which chances and verdicts come",
  usage: `facefinder calibrate <folder> [--source NAME] [--errata FILE] [--groups FILE] [--correct] [--pack NAME]
                     [--write MANIFEST]

${FOLDER_USAGE}
  --groups FILE    also of which group the table is least true, by a list of lines "group,name"; * ends or begins a name
  --correct        first learn what glasses, masks, blur, want of detail and of light do to embeddings, from copies of the photos
                   of every second person, and take it out; with --write raise the manifest's version, as old embeddings do
                   not compare with new ones
  --source NAME    what the data set is called, for the provenance; needed with --write
  --write FILE     put the table, its provenance, the threshold that follows, and the correction into this manifest of the pack

Prints the table as JSON, and on standard error the nearest pairs of different people: look whether they are wrong labels.
One wrong label among a million pairs spoils the far end of the table.

Example: facefinder calibrate lfw --source LFW --errata src/evaluate/lfw.errata.csv --pack sface128 --write models/sface128.json`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...FOLDER_OPTIONS,
        source: { type: 'string' },
        groups: { type: 'string' },
        correct: { type: 'boolean' },
        write: { type: 'string' },
      },
    });
    if (values.write !== undefined && values.source === undefined) throw new UsageError('--write needs --source');
    const { pack, album, same, groups, ...seen } = await folderFromArgs(
      positionals,
      values,
      io,
      values.correct ? { uncorrected: true, copied: 'learned' } : {},
    );
    const correction = seen.copied && learnCorrection(seen.copied);
    const subjects = correction
      ? seen.subjects.map((vector) => vector && corrected(vector, correction))
      : seen.subjects;
    const personOf = album.photos.map((photo) => photo.person);
    const { impostors, nearest, photosOf } = compareAll(subjects, personOf, same);
    for (const { distance, a, b } of nearest.slice(0, SUSPECTS)) {
      io.err(`${distance.toFixed(3)}  ${album.photos[a]?.name}  ${album.photos[b]?.name}`);
    }
    const fmr = impostorTable(impostors);
    const worst = groups && worstGroup(fmr, subjects, personOf, groups);
    const calibration = {
      fmr,
      ...(worst && { worstGroup: worst }),
      provenance: {
        source: values.source ?? 'unnamed',
        photos: album.photos.length,
        withoutFace: subjects.filter((subject) => !subject).length,
        people: photosOf.filter((photos) => photos > 0).length,
        pairs: impostors.count,
        measured: new Date().toISOString().slice(0, 10),
        pack: pack.id,
        pipeline: `facefinder ${VERSION}`,
      },
    };
    const written = correction && writtenCorrection(correction);
    io.out(JSON.stringify({ ...calibration, ...(written && { correction: written }) }));
    if (values.write !== undefined) await writeCalibration(values.write, calibration, written);
    return 0;
  },
};
