#!/usr/bin/env node
// At the top only Node's own modules are imported. A Node that is too old cannot even parse the
// modules of facefinder.
import http from 'node:http';

if (!('setGlobalProxyFromEnv' in http)) {
  console.error(
    `Node ${process.versions.node} is too old for src/main.ts. Start bin/facefinder.js: it finds a newer one.`,
  );
  process.exitCode = 1;
} else {
  // When the system's Node is too old, bin/facefinder.js starts this process as its child. If the
  // process of bin/facefinder.js is killed, this one must end too.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  const { openConsole } = await import('./cli/console.ts');
  const { run } = await import('./cli/run.ts');
  process.exitCode = await run(process.argv.slice(2), openConsole());
}
