/** Starts a Redis in the run's folder, prints its pid, and waits to be ended. */
import { join } from 'node:path';
import { startRedis } from '../../infra/services/redis.ts';
import { endServersWithThisProcess } from '../../infra/services/run.ts';

const [dir = ''] = process.argv.slice(2);
endServersWithThisProcess(dir);
const redis = await startRedis({ dir: join(dir, 'redis') });
process.stdout.write(`${redis.pid}\n`);
setInterval(() => {}, 1_000);
