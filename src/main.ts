#!/usr/bin/env node
// Nothing but parts of Node is imported before this one is known to be new enough: an older one cannot even read the rest.
import http from 'node:http';

if (!('setGlobalProxyFromEnv' in http)) {
  console.error(
    `Node ${process.versions.node} is too old for src/main.ts. Start bin/facefinder.js: it finds a newer one.`,
  );
  process.exitCode = 1;
} else {
  // bin/facefinder.js on an older Node started this process, and may be killed: then nobody else would end it.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  const { openConsole } = await import('./cli/console.ts');
  const { run } = await import('./cli/run.ts');
  process.exitCode = await run(process.argv.slice(2), openConsole());
}
