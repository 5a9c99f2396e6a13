// Prints the third-party notices of an installation: each package in node_modules with its licence
// and its texts, then each model pack. The image's build writes them to a file. Exit code 1 when a
// licence is not known.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = process.argv[2] ?? dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const LICENCE_TEXTS = /^(licen[cs]e|copying|notice|third[-_]?party.*|versions\.json)/i;

const { packages } = read(join(ROOT, 'node_modules', '.package-lock.json'));
const installed = Object.keys(packages).filter(
  (path) => path.startsWith('node_modules/') && existsSync(join(ROOT, path)),
);
const models = join(ROOT, 'models');
const packs = readdirSync(models).filter((file) => file.endsWith('.json'));
const notices = [...installed.sort().map(noticeOf), ...packs.map((file) => packNotice(read(join(models, file))))];
const unknown = notices.filter(({ licence }) => !licence).map(({ title }) => title);
if (unknown.length > 0) {
  console.error(`no licence is stated by ${unknown.join(', ')}: look whether it may be passed on, and say so here`);
  process.exitCode = 1;
}
for (const { title, licence, source, texts } of notices) {
  console.log([`== ${title} (${licence})`, source, ...texts].filter(Boolean).join('\n'));
}

function noticeOf(path) {
  const folder = join(ROOT, path);
  const { name, version, license, repository, homepage } = read(join(folder, 'package.json'));
  const entries = readdirSync(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && LICENCE_TEXTS.test(entry.name));
  return {
    title: `${name} ${version}`,
    licence: license,
    source: repository?.url ?? repository ?? homepage ?? '',
    texts: files.map((file) => readFileSync(join(folder, file.name), 'utf8').trimEnd()),
  };
}

function packNotice({ name, version, licences, origin }) {
  return { title: `model pack ${name} ${version}`, licence: licences.weights, source: '', texts: [origin] };
}

function read(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
