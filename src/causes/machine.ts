import type { Situation } from './situation.ts';

/** Why an operator should use `facefinder restore` and not copy files back by hand. */
const NEWER = 'facefinder restore brings back nobody who was erased since.';

/** What may be wrong with this machine, its files and its settings. */
export const MACHINE = {
  database_unreadable: {
    what: 'The database is damaged or is no database',
    next: `Keep the file for evidence, and restore a backup in its place. ${NEWER}`,
    fatal: true,
  },
  database_newer: {
    what: 'The database was written by a newer facefinder',
    next: 'Start that version or a later one again.',
    fatal: true,
  },
  database_busy: {
    what: 'Another program holds the database',
    next: 'Look what has it open: a second facefinder, or a backup.',
    fatal: false,
  },
  data_dir_file: {
    what: 'DATA_DIR is a file',
    next: 'Set DATA_DIR to a folder. It need not be there yet.',
    fatal: true,
  },
  data_dir_denied: {
    what: 'DATA_DIR may not be written by this user',
    next: 'Give the folder to the user who starts facefinder (chown), or set DATA_DIR to another.',
    fatal: true,
  },
  data_dir_readonly: {
    what: 'DATA_DIR lies on a disk that may only be read',
    next: 'Mount the disk for writing, or set DATA_DIR to a folder on another.',
    fatal: true,
  },
  values_unreadable: {
    what: 'Sealed values of the store were damaged, and cannot be read any more',
    next: 'Look at the disk and the memory of this machine. facefinder doctor --fix removes what nothing can read.',
    fatal: false,
  },
  ledger_broken: {
    what: 'A ledger was changed or cut off by something other than facefinder',
    next: `Keep the store for evidence, and restore a backup of it. ${NEWER}`,
    fatal: true,
  },
  ledger_put_back: {
    what: 'Ledgers are not what the second place knows of them: an older copy was put back, or their end was cut off',
    next: 'Keep the store for evidence, find out who did it, and restore the latest backup: facefinder restore FILE.',
    fatal: true,
  },
  gallery_moved: {
    what: 'This gallery was moved to Elasticsearch, and lives on there',
    next: 'Start with the settings of production. Remove this copy: whoever is erased there is not erased from it.',
    fatal: true,
  },
  vectors_lost: {
    what: 'Templates are gone that people enrolled: nobody finds these people',
    next: `Restore a backup. ${NEWER} Without one these people have to send /enroll again.`,
    fatal: true,
  },
  disk_full: {
    what: 'The disk is full',
    next: 'Make room on it.',
    fatal: false,
  },
  disk_failing: {
    what: 'The disk fails to read or to write',
    next: `Look at the disk and at what the system logged of it, and restore a backup on another. ${NEWER}`,
    fatal: false,
  },
  files_used_up: {
    what: 'No more files and connections can be opened',
    next: 'Raise the limit (ulimit -n, or LimitNOFILE of the service), and start again.',
    fatal: false,
  },
  child_refused: {
    what: 'The system starts no further process for photos',
    next: 'Look at the memory of this machine and at its limit of processes (ulimit -u, TasksMax, pids of the container).',
    fatal: false,
  },
  child_ends: {
    what: 'The process that looks at photos ends as soon as it starts',
    next: 'Look whether memory is short, and whether `facefinder models verify` and `facefinder doctor` find anything.',
    fatal: false,
  },
  child_hangs: {
    what: 'The process that looks at photos does not get ready',
    next: 'Look whether the machine is overloaded or swaps, or lower WORKERS.',
    fatal: false,
  },
  native_missing: {
    what: 'A part of the program that was made for this system is missing',
    next: 'Install it anew in the folder of facefinder: npm install.',
    fatal: true,
  },
  models_unreachable: {
    what: 'The model files are not here and cannot be fetched',
    next:
      'Look at the network and at HTTPS_PROXY, set MODEL_MIRROR to a folder or address that has them ' +
      '(the MODEL_DIR of a machine with a network is one), or bring files of your own: facefinder models import FOLDER.',
    fatal: false,
  },
  mirror_unreachable: {
    what: 'The model files are not here and cannot be fetched from MODEL_MIRROR',
    next:
      'Look whether it is written right and has the files under their sha256, as the MODEL_DIR of a machine with a network does; ' +
      'for an address also at the network and at HTTPS_PROXY. Without MODEL_MIRROR they come from where the pack names.',
    fatal: false,
  },
  clock_skew: {
    what: 'The clock of this machine and that of the store differ',
    next: 'Set both by NTP.',
    fatal: false,
  },
  proxy_unreachable: {
    what: 'The proxy does not answer',
    next: 'Look at HTTPS_PROXY and NO_PROXY, and whether the proxy runs.',
    fatal: false,
  },
  port_taken: {
    what: 'The port is in use by another program, perhaps another facefinder',
    next: 'Stop that one, or set the variable to another port.',
    fatal: true,
  },
  port_denied: {
    what: 'The port is not for this user',
    next: 'Set the variable to a port above 1023.',
    fatal: true,
  },
  key_wrong: {
    what: 'MASTER_KEY is not the key that the data were sealed with',
    next:
      'Set that key again, or put its file back into DATA_DIR: without it nothing in the data can be read. ' +
      'If it is lost for good, start with an empty DATA_DIR or another Elasticsearch.',
    fatal: true,
  },
  key_lost: {
    what: 'The master key is gone, but the data that it seals are here',
    next:
      'Put its file back from a backup, or set MASTER_KEY_FILE to where it is kept. ' +
      'If it is lost for good, so are the data: move DATA_DIR away and start anew.',
    fatal: true,
  },
  key_damaged: {
    what: 'The file with the master key holds no key',
    next: 'Put it back from a backup. Remove it only if the data that it seals may be lost.',
    fatal: true,
  },
} as const satisfies Record<string, Situation>;
