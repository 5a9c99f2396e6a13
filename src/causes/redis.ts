import type { Situation } from './situation.ts';

/** What may be wrong with Redis, as a client of it can tell. */
export const REDIS = {
  redis_unreachable: {
    what: 'Redis does not answer',
    next: 'Look whether it runs, and whether REDIS_URL has its host and port.',
    fatal: false,
  },
  redis_password: {
    what: 'Redis refuses the user or the password',
    next: 'Put the right ones into REDIS_URL: redis://user:password@host:6379.',
    fatal: true,
  },
  redis_noperm: {
    what: 'Redis does not let this user do what facefinder needs',
    next:
      'As an administrator of Redis, send: ACL SETUSER facefinder on >password resetchannels ~{facefinder}:* -@all +@read ' +
      '+@write +@connection +@transaction -@dangerous +eval +evalsha +time +info +bgrewriteaof. Put that user into REDIS_URL.',
    fatal: true,
  },
  redis_cluster: {
    what: 'This Redis is one node of a cluster',
    next: 'Set REDIS_URL to a Redis without cluster mode, or to the node that has the slot of the key {facefinder}.',
    fatal: true,
  },
  redis_readonly: {
    what: 'This Redis is a replica and takes no writes',
    next: 'Set REDIS_URL to the primary, or wait until the failover is done.',
    fatal: false,
  },
  redis_full: {
    what: 'Redis has no memory left and takes no writes',
    next: 'Raise its maxmemory, or let workers empty the queue.',
    fatal: false,
  },
  redis_loading: {
    what: 'Redis still loads its data',
    next: 'Wait: it answers when it has done so.',
    fatal: false,
  },
  redis_forgot: {
    what: 'Redis has lost all that it held: it was emptied, or started without its data',
    next:
      'People who waited are told to ask again. Set appendonly yes and appendfsync always, as infra/redis.conf has it, ' +
      'and look whether somebody sent FLUSHALL.',
    fatal: false,
  },
  redis_disk: {
    what: 'Redis cannot write its data to disk and takes no writes',
    next: 'Make room on its disk, and look into its log.',
    fatal: false,
  },
  redis_untrusted: {
    what: 'The certificate of Redis is not trusted',
    next: 'Set REDIS_CA to the file of the authority that signed it, and look at the host in REDIS_URL.',
    fatal: true,
  },
} as const satisfies Record<string, Situation>;
