import { type ChildProcess, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveToService } from '../../infra/services/account.ts';
import { type RunningElasticsearch, startElasticsearch } from '../../infra/services/elasticsearch.ts';
import type { Account } from '../bots/telegram/platform/people.ts';
import { type Club, type ClubOptions, openClub, textOf } from './club.ts';
import { ROOT } from './compose.ts';

/** The folders that `migrate` reads, by the paths under which the processes find them. */
interface Folders {
  readonly data: string;
  readonly state: string;
}

/** Where the processes of the production chapter of docs/operate.md run. */
export interface ChapterHost {
  readonly launch?: ClubOptions['launch'];
  /**
   * Gives the processes the folders `data` and `state` of `root`. In the chapter these are ./data,
   * and the user's state folder.
   */
  readonly folders: (root: string) => Promise<Folders>;
  /**
   * Tells a process to end, as `docker compose stop` does at first. By default it sends SIGTERM.
   */
  readonly stop?: (child: ChildProcess) => void;
}

/** The parts of a command in the chapter that give a container the two folders. */
const DATA = '--volume ./data:/data --env DATA_DIR=/data';
const STATE = /--volume "\$\{XDG_STATE_HOME:-\$HOME\/\.local\/state\}\/facefinder:\/state" --env STATE_DIR=\/state /;

/**
 * The lines of the shell blocks below a title of docs/operate.md, in order. Each is one command.
 */
async function commandsBelow(title: string): Promise<string[]> {
  const text = await readFile(new URL('docs/operate.md', ROOT), 'utf8');
  const [, production = ''] = text.split(`\n${title}\n`);
  const [section = ''] = production.split(title.startsWith('###') ? /\n###? / : '\n## ');
  return [...section.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) => block.trim().split('\n'));
}

/** Runs the production chapter, command by command, on `host`. */
export function productionChapterWorks(works: boolean, host: ChapterHost): void {
  describe.skipIf(!works)('the production chapter, done as it is written', () => {
    let root: string;
    let elasticsearch: RunningElasticsearch;
    let club: Club;
    let ann: Account;
    let folders: Folders;
    let embedded: NodeJS.ProcessEnv;
    const said = new Map<string, string>();
    const { stop = (child: ChildProcess) => void child.kill('SIGTERM') } = host;
    const running: Club['bot'][] = [];

    beforeAll(async () => {
      root = await mkdtemp(join(tmpdir(), 'chapter-'));
      await giveToService(root);
      elasticsearch = await startElasticsearch({ dir: join(root, 'elasticsearch'), isBrief: true, tls: true });
      await mkdir(join(root, 'data'));
      await mkdir(join(root, 'state'));
      // The key lies beside the data, as in old installations: a container has no user's folder for
      // it.
      await writeFile(join(root, 'data', 'master.key'), randomBytes(32).toString('base64'), { mode: 0o600 });
      folders = await host.folders(root);
      embedded = {
        REDIS_URL_FILE: '',
        ELASTICSEARCH_URL_FILE: '',
        MASTER_KEY_FILE: '',
        ROLE: '',
        DATA_DIR: folders.data,
        STATE_DIR: folders.state,
      };
      club = await openClub(root, elasticsearch, { ...host, alone: embedded });
      ann = await club.joins('Ann');
      expect(textOf(await club.enrols(ann, club.photos.ann))).toContain('You are enrolled in');
      stop(club.bot.child);
      await once(club.bot.child, 'exit');
    }, 240_000);
    afterAll(async () => {
      await club[Symbol.asyncDispose]();
      await elasticsearch.stop();
      await rm(root, { recursive: true, force: true });
    });

    /**
     * Does what a line of the chapter says. Processes with the same commands and environment stand
     * for the chapter's containers.
     */
    async function doLine(line: string): Promise<void> {
      const [, options = '', service = '', command = ''] =
        /^docker compose run --rm (.*?)\b(bot|worker) (\S.*)$/.exec(line) ?? [];
      if (service === 'bot' || service === 'worker') {
        const args = command.split(' ').map((arg) => arg.replace(/^\/data(?=\/)/, folders.data));
        const env = {
          ...(options.includes(DATA) && { DATA_DIR: folders.data }),
          ...(STATE.test(options) && { STATE_DIR: folders.state }),
        };
        said.set(`${service} ${command}`, await club.production.runs(service, args, env));
        return;
      }
      switch (line) {
        case 'sh infra/make-secrets.sh':
        case 'printf %s "$TELEGRAM_TOKEN" > secrets/telegram_token':
        case "echo 'CONTACT=Chess club board, board@example.org' >> .env":
          return; // The group was opened with all three.
        case 'cp "$(cat data/master.key.path 2>/dev/null || echo data/master.key)" secrets/master_key':
          return void (await promisify(execFile)('sh', ['-c', line], { cwd: root }));
        case 'docker compose up --detach --build --wait':
          club.worker = await club.production.start('worker');
          club.bot = await club.production.start('bot');
          running.push(club.worker, club.bot);
          return;
        case 'docker compose up --detach --scale worker=4':
          running.push(await club.production.start('worker'));
          return;
        case 'docker compose stop bot worker':
          for (const { child } of running.splice(0)) {
            stop(child);
            await once(child, 'exit');
          }
          return;
        default:
          throw new Error(`the chapter says something that this test cannot do: ${line}`);
      }
    }

    test('every command of it does what it says', async () => {
      for (const line of await commandsBelow('## Production on one machine')) await doLine(line);
      expect(said.get('bot migrate')).toMatch(/moved and read back: groups 1, people 1, faces 1, ledger entries \d+/);
      for (const role of ['bot', 'worker']) {
        expect(said.get(`${role} doctor`)).toContain('ok');
        expect(said.get(`${role} doctor`)).not.toMatch(/^FAIL/m);
      }
    });

    test('the old gallery is refused from then on (`gallery_moved`), because erasures do not reach it', async () => {
      const refused = await club.production.runs('bot', ['start'], embedded);
      expect(refused).toContain('This gallery was moved to Elasticsearch, and lives on there');
    });

    test('whoever was enrolled before is found afterwards', async () => {
      const bob = await club.joins('Bob');
      expect(textOf(await club.agreesToSearch(bob))).toMatch(/Ann” .*distance/);
    });

    test('every command of its backups does what it says, and who was enrolled is found again', async () => {
      for (const line of await commandsBelow('### In production')) await doLine(line);
      expect(said.get('bot backup /data/today.backup')).toMatch(/written and read back.*groups 1, people 2, faces 1/);
      expect(said.get('bot backup /data/today.backup --verify')).toMatch(/^whole/);
      expect(said.get('bot restore /data/today.backup')).toMatch(/restored.*people 2\n.*erased since: 0/);
      const cy = await club.joins('Cy');
      expect(textOf(await club.agreesToSearch(cy))).toMatch(/Ann” .*distance/);
    });
  });
}
