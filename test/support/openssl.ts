import { execFileSync } from 'node:child_process';

/**
 * Whether openssl is here. If not, says that `what` is not tested. Under CI=true it throws instead.
 */
export function hasOpenssl(what: string): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    if (process.env.CI === 'true') throw new Error('openssl is needed under CI=true');
    console.error(`\n*** NOT TESTED: ${what}, because openssl is not installed\n`);
    return false;
  }
}
