import { OperatorError } from '../causes/operator-error.ts';
import { dataDirCause, systemCause } from './codes.ts';

/** Sentences for the system's codes about a file or folder that an operator named. */
const FILES: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no ${path}. Look how it is written: it is looked for from ${process.cwd()}.`,
  EACCES: (path) => `${path} is closed to this user. Give it to them (chown, chmod), or name another.`,
  EPERM: (path) => `${path} may not be changed by this user. Give it to them (chown), or name another.`,
  EISDIR: (path) => `${path} is a folder. Name a file.`,
  ENOTDIR: (path) => `${path} is no folder, or lies in something that is none. Name another.`,
  EEXIST: (path) => `${path} is there already, and is something else. Name another.`,
  EROFS: (path) => `${path} lies on a disk that may only be read. Name another, or mount the disk for writing.`,
};

const NETWORK = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'],
  ...['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_SOCKET', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'],
]);

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

/**
 * An error with a sentence for operators about `error`: the first OperatorError in its chain of
 * causes, or one that is made from a system error in the chain (by its code, its path or address,
 * and whether the path is in `dataDir`). Undefined when nothing is known about the error.
 */
export function explained(error: unknown, dataDir?: string): OperatorError | undefined {
  for (const link of chainOf(error)) if (link instanceof OperatorError) return link;
  for (const link of chainOf(error)) {
    const said = isSystemError(link) && sentence(link, dataDir);
    if (said) return said;
  }
  return undefined;
}

function chainOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chainOf(error.cause)] : [];
}

function sentence(error: SystemError, dataDir: string | undefined): OperatorError | undefined {
  const { code, path, hostname, address, port } = error;
  const cause = systemCause(error, path);
  if (cause) return cause;
  if (NETWORK.has(code)) {
    const host = [hostname ?? address, port].filter((part) => part !== undefined).join(':') || 'What is asked';
    return new OperatorError(`${host} does not answer. Look at the network, at HTTPS_PROXY and at the address.`);
  }
  if (path === undefined) return undefined;
  const ofDataDir = dataDir !== undefined && path.startsWith(dataDir) ? dataDirCause(error, dataDir) : undefined;
  const said = FILES[code]?.(path);
  return ofDataDir ?? (said === undefined ? undefined : new OperatorError(said));
}

function isSystemError(error: Error): error is SystemError {
  return 'code' in error && typeof error.code === 'string';
}
