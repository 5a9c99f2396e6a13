import { closeSync, openSync } from 'node:fs';
import { causeOf } from '../../src/cause.ts';
import { openFaces } from '../../src/face/pool.ts';
import { defaultPack, portrait } from './samples.ts';

// Opens every file that it may, and then has a picture drawn, for which a process must start.
const photo = await portrait();
const faces = await openFaces({ pack: await defaultPack(), workers: 1 });
const files: number[] = [];
try {
  for (;;) files.push(openSync('/dev/null', 'r'));
} catch {
  // None is left.
}
await faces.draw(photo, []).catch((error) => console.log(causeOf(error)?.code));
await new Promise((resolve) => setTimeout(resolve, 100));
for (const file of files) closeSync(file);
await faces.draw(photo, []);
console.log('drawn');
await faces[Symbol.asyncDispose]();
