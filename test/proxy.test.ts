import { expect, test } from 'vitest';
import { isProxied } from '../src/proxy.ts';

const throughWith = (except: string | undefined) => (url: string) =>
  isProxied({ url: 'http://proxy.example:3128', except }, url);

test('requests by https go through the proxy, except to hosts in NO_PROXY', () => {
  const through = throughWith('models.example, .inside.example,*.far.example,other.example:8443');
  expect(['https://discord.com/api', 'https://inside.example', 'https://other.example'].filter(through)).toHaveLength(
    3,
  );
  const direct = [
    'http://discord.com/api',
    'https://models.example/a',
    'https://a.b.inside.example',
    'https://a.far.example',
    'https://other.example:8443',
    'https://127.0.0.1:9000',
  ];
  expect(direct.filter(through)).toEqual([]);
  expect(throughWith(undefined)('https://discord.com')).toBe(true);
  expect(throughWith('*')('https://discord.com')).toBe(false);
});
