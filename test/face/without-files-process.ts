import { closeSync, openSync } from 'node:fs';
import { causeOf } from '../../src/cause.ts';
import { openFaces } from '../../src/face/pool.ts';
import { faceProcessesOf } from '../support/face-processes.ts';
import { fastPack, portrait } from './samples.ts';

// Opens as many files as it may. Then it asks for a drawing, kills the child that sees, and asks to
// see a photo. Both asks need a new child, which cannot start now. It closes the files and asks for
// both again.
const photo = await portrait();
const faces = await openFaces({ pack: await fastPack(), children: 1 });
const seeing = faceProcessesOf(process.pid);
const files: number[] = [];
try {
  for (;;) files.push(openSync('/dev/null', 'r'));
} catch {
  // Now no further file can be opened.
}
await faces.draw(photo, []).catch((error) => console.log(causeOf(error)?.code));
for (const pid of seeing) process.kill(pid, 'SIGKILL');
await faces.see(photo).catch((error) => console.log(causeOf(error)?.code));
await new Promise((resolve) => setTimeout(resolve, 100));
for (const file of files) closeSync(file);
await faces.draw(photo, []);
console.log('drawn');
await faces.see(photo);
console.log('seen');
await faces[Symbol.asyncDispose]();
