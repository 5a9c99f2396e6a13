#!/usr/bin/env node
// At first only Node's own parts are imported. If this Node is too old, it cannot even parse the
// others.
import http from 'node:http';

if (!('setGlobalProxyFromEnv' in http)) {
  console.error(
    `Node ${process.versions.node} is too old for src/main.ts. Start bin/facefinder.js: it finds a newer one.`,
  );
  process.exitCode = 1;
} else {
  // On an older Node, bin/facefinder.js started this process. If that process is killed, this one
  // must end by itself.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  const { openConsole } = await import('./cli/console.ts');
  const { run } = await import('./cli/run.ts');
  process.exitCode = await run(process.argv.slice(2), openConsole());
}
