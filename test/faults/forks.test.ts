import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { photo, selfie, visitor } from '../e2e/page-app.ts';
import { runProgram } from '../e2e/program.ts';
import { builtShim, shimmed } from './shim.ts';

const root = mkdtempSync(join(tmpdir(), 'facefinder-forks-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const shim = builtShim(root);

/**
 * Code that the program loads before anything else. It tells the shim to let the start of process
 * number `nth` fail. At the program's end it prints how many calls there were.
 */
const preload = (nth: number): string => {
  const code = `const { accessSync, readlinkSync } = process.getBuiltinModule('fs');
    try { accessSync('/fault/arm/fork/${nth}') } catch {}
    process.on('exit', () => console.log(readlinkSync('/fault/counts')));`;
  return `data:text/javascript,${encodeURIComponent(code)}`;
};

// The program has one child that looks at photos. It starts another one when it first draws.
test.skipIf(!shim).for([1, 2])(
  'when child process number %i cannot start, another one is started, and no asker notices',
  async (nth) => {
    const env = shimmed(shim ?? '', root);
    await using program = await runProgram({ dataDir: mkdtempSync(join(root, 'data-')), env, preload: preload(nth) });
    const ada = visitor(program.url, 'Ada');
    await expect(ada.agree('/enroll', await selfie())).resolves.toMatchObject([{ kind: 'enrolled' }]);
    await expect(ada.agree('/find', await readFile(photo(1)))).resolves.toMatchObject([{ kind: 'result' }]);
    await program.kill('SIGTERM');
    expect(program.output()).toContain('fork=3');
  },
);
