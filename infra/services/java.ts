import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Home of a Java of at least `major`: ES_JAVA_HOME, JAVA_HOME, or the newest in /usr/lib/jvm.
 * Throws an error that says what to install.
 */
export function findJava(major: number, env: NodeJS.ProcessEnv = process.env): string {
  const asked = [env.ES_JAVA_HOME, env.JAVA_HOME].filter((home) => home !== undefined);
  const installed = list('/usr/lib/jvm').sort((a, b) => versionOf(b) - versionOf(a));
  const home = [...asked, ...installed].find((candidate) => versionOf(candidate) >= major);
  if (home === undefined) {
    throw new Error(
      `Java ${major} or newer is not installed (Debian: apt-get install temurin-25-jdk, or set ES_JAVA_HOME)`,
    );
  }
  return home;
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

/** Major version in the JDK's `release` file; 0 when there is none. */
function versionOf(home: string): number {
  try {
    return Number(/JAVA_VERSION="(\d+)/.exec(readFileSync(join(home, 'release'), 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
