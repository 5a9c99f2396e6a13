import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endServersWithThisProcess } from '../../infra/services/run.ts';
import { DEFAULT_PACK, loadPack } from '../../models/pack.ts';
import { modelStore } from '../../src/app/models.ts';
import { readConfig } from '../../src/config.ts';
import { FAST_PACK } from '../face/samples.ts';
import { album, besideAlbum } from './album.ts';
import { atRest } from './at-rest.ts';
import type { Benchmark } from './benchmark.ts';
import { blur } from './blur.ts';
import { blurred } from './blurred.ts';
import { eventLoop } from './event-loop.ts';
import { floor } from './floor.ts';
import { heardOnDiscord, heardOnTelegram } from './heard.ts';
import { memory } from './memory.ts';
import { benchPhotos } from './photos.ts';
import { group, nobody, selfie } from './real-photos.ts';
import { rival, rivalFast } from './rival.ts';
import { saturation } from './saturation.ts';
import { search } from './search.ts';
import { secondChild } from './second-child.ts';
import { besideSeries, series } from './series.ts';
import { smallHeads } from './small-heads.ts';

/** The only list of the benchmarks. */
const benchmarks: readonly Benchmark[] = [
  rival,
  rivalFast,
  floor,
  selfie,
  group,
  nobody,
  smallHeads,
  memory,
  secondChild,
  eventLoop,
  blur,
  blurred,
  album,
  besideAlbum,
  series,
  besideSeries,
  heardOnDiscord,
  heardOnTelegram,
  search,
  atRest,
  saturation,
];

/**
 * `npm run bench [name…]`: measures all promises about speed, or the named ones. Exit code 1 when
 * one fails.
 */
const names = process.argv.slice(2);
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));
if (unknown.length > 0) {
  console.error(`no benchmark ${unknown.join(', ')}; there are ${benchmarks.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

endServersWithThisProcess(await mkdtemp(join(tmpdir(), 'facefinder-bench-')));
const config = readConfig(process.env);
const pack = await loadPack(config.pack ?? DEFAULT_PACK, modelStore(config, console.error));
const fastPack = await loadPack(FAST_PACK, modelStore(config, console.error));
const photos = await benchPhotos(pack);
for (const { name, target, run } of benchmarks) {
  if (names.length > 0 && !names.includes(name)) continue;
  const { measured, holds, detail } = await run({ photos, pack, fastPack });
  console.log(`${holds ? 'holds' : 'FAILS'}  ${name}: ${measured.toFixed(2)} (${target}; ${detail})`);
  if (!holds) process.exitCode = 1;
}
