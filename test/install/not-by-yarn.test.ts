import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

test('yarn, which would take the Node of another system, is refused before it installs; npm is not', async () => {
  const { scripts } = JSON.parse(await readFile(`${ROOT}/package.json`, 'utf8'));
  const preinstallBy = (npm_config_user_agent: string) => {
    const env = { PATH: process.env.PATH, npm_config_user_agent };
    const { status, stderr } = spawnSync(scripts.preinstall, { cwd: ROOT, env, shell: true, encoding: 'utf8' });
    return { status, stderr };
  };
  expect(preinstallBy('yarn/1.22.22 npm/? node/v24.21.0 linux x64')).toEqual({
    status: 1,
    stderr: 'yarn cannot install facefinder: it takes the Node of another system. Use npm.\n',
  });
  expect(preinstallBy('npm/12.0.0 node/v24.21.0 linux x64 workspaces/false')).toEqual({ status: 0, stderr: '' });
});
