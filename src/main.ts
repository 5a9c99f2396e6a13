#!/usr/bin/env node
// Only Node's own parts are imported before Node is known to be new enough. An older one cannot
// even parse the rest.
import http from 'node:http';

if (!('setGlobalProxyFromEnv' in http)) {
  console.error(
    `Node ${process.versions.node} is too old for src/main.ts. Start bin/facefinder.js: it finds a newer one.`,
  );
  process.exitCode = 1;
} else {
  // On an older Node, bin/facefinder.js started this process. If that is killed, nobody else ends
  // this one.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  const { openConsole } = await import('./cli/console.ts');
  const { run } = await import('./cli/run.ts');
  process.exitCode = await run(process.argv.slice(2), openConsole());
}
