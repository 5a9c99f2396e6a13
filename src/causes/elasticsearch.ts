import type { Situation } from './situation.ts';

/** What may be wrong with Elasticsearch, as a client of it can tell. */
export const ELASTICSEARCH = {
  elasticsearch_unreachable: {
    what: 'Elasticsearch does not answer',
    next: 'Look whether it runs, and whether ELASTICSEARCH_URL has its scheme, host and port.',
    fatal: false,
  },
  elasticsearch_password: {
    what: 'Elasticsearch refuses the user, the password or the API key',
    next: 'Put the right ones into ELASTICSEARCH_URL (http://user:password@host:9200) or ELASTICSEARCH_API_KEY.',
    fatal: true,
  },
  elasticsearch_forbidden: {
    what: 'Elasticsearch does not let this user do what facefinder needs',
    next: 'Give it the rights that infra/elasticsearch/README.md lists.',
    fatal: true,
  },
  elasticsearch_other: {
    what: 'What answers there is no Elasticsearch that facefinder knows',
    next: 'Set ELASTICSEARCH_URL to an Elasticsearch 9. OpenSearch and web servers do not serve.',
    fatal: true,
  },
  elasticsearch_untrusted: {
    what: 'The certificate of Elasticsearch is not trusted',
    next: 'Set ELASTICSEARCH_CA to the file of the authority that signed it, and look at the host in ELASTICSEARCH_URL.',
    fatal: true,
  },
  elasticsearch_shard_limit: {
    what: 'Elasticsearch has as many shards as it may have, so an index cannot be made',
    next: 'Remove indices that nobody needs, add a node, or raise cluster.max_shards_per_node.',
    fatal: true,
  },
  elasticsearch_template: {
    what: 'An index template of somebody else claims the names of the indices',
    next: 'Remove that template, or give it a lower priority than those in infra/elasticsearch.',
    fatal: true,
  },
  elasticsearch_closed: {
    what: 'An index is closed',
    next: 'Open it: POST /<index>/_open.',
    fatal: true,
  },
  elasticsearch_red: {
    what: 'An index is red: a part of it is on no running node',
    next: 'Start the missing node, or restore a snapshot. GET /_cluster/allocation/explain says why.',
    fatal: false,
  },
  elasticsearch_missing: {
    what: 'An index is gone',
    next: 'Restore a snapshot. Without one, start again: it is made anew, and what it held is lost.',
    fatal: true,
  },
  elasticsearch_disk: {
    what: 'Elasticsearch takes no writes, because its disk is nearly full',
    next: 'Make room on its disk. It takes writes again by itself.',
    fatal: false,
  },
  elasticsearch_blocked: {
    what: 'An index of Elasticsearch takes no writes: somebody set a block',
    next: 'Remove the block: PUT /<index>/_settings {"index.blocks.write": null}, or the one that is named.',
    fatal: true,
  },
  elasticsearch_breaker: {
    what: 'Elasticsearch has too little memory for what it is asked',
    next: 'Give it a larger heap (ES_JAVA_OPTS), or ask less at once.',
    fatal: false,
  },
  elasticsearch_starting: {
    what: 'Elasticsearch has no master: it starts, or too few of its nodes see each other',
    next: 'Wait. If it stays so, look into its log.',
    fatal: false,
  },
  elasticsearch_mapping: {
    what: 'An index has not the fields that this facefinder writes',
    next: 'Restart facefinder with the newest version that you run: it adds them. See infra/elasticsearch/README.md.',
    fatal: true,
  },
  elasticsearch_newer: {
    what: 'The gallery in Elasticsearch was made by a newer facefinder',
    next: 'Start the newer version again, or restore a snapshot from before it.',
    fatal: true,
  },
  elasticsearch_overloaded: {
    what: 'Elasticsearch has more work than it can do',
    next: 'Wait. If it stays so, give it more processors or another node.',
    fatal: false,
  },
} as const satisfies Record<string, Situation>;
