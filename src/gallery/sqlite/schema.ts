/**
 * The steps from an empty file to today's schema. Never change a released step: add one.
 *
 * The column `person` is a keyed hash of scope, platform and id; in other tables than `people`,
 * `tombstones` and `memberships` it is the number of the person's row in `people`. The column
 * `sealed` has AES-256-GCM bytes under the scope's key, bound to the table, the scope and the row's
 * keyed hash. In `memberships` neither the hash nor the key depends on a scope.
 */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

  CREATE TABLE scopes (
    id TEXT PRIMARY KEY,
    key BLOB NOT NULL,                    -- random, wrapped by MASTER_KEY
    head TEXT,                            -- sealed: the ledger's last entry, so that a cut or rewritten end shows
    revision INTEGER NOT NULL DEFAULT 0   -- raised with every change of what a search may see
  ) STRICT;

  CREATE TABLE places (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    place TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL REFERENCES scopes (id),
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX places_by_scope ON places (scope);

  CREATE TABLE people (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    scope TEXT NOT NULL REFERENCES scopes (id),
    person TEXT NOT NULL UNIQUE,
    alerts INTEGER NOT NULL DEFAULT 0,
    notice INTEGER,                       -- version agreed to for being found; the ledger is the truth
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX people_by_scope ON people (scope);

  CREATE TABLE templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL REFERENCES people (n),
    pack TEXT NOT NULL,
    enrolled_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
  ) STRICT;
  CREATE INDEX templates_by_person ON templates (person, pack);

  CREATE TABLE disputes (
    one INTEGER NOT NULL REFERENCES people (n),
    other INTEGER NOT NULL REFERENCES people (n),
    PRIMARY KEY (one, other)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX disputes_by_other ON disputes (other);

  CREATE TABLE finds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    found INTEGER NOT NULL REFERENCES people (n),
    finder INTEGER REFERENCES people (n),
    kind TEXT NOT NULL CHECK (kind IN ('find', 'enrol')),
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX finds_by_found ON finds (found, at);
  CREATE INDEX finds_by_finder ON finds (finder);

  CREATE TABLE tombstones (person TEXT PRIMARY KEY, epoch INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;

  CREATE TABLE ledger (
    scope TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL,
    event TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (scope, seq)
  ) STRICT;
  CREATE INDEX ledger_by_subject ON ledger (subject, seq);
  CREATE TRIGGER ledger_is_not_changed BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER ledger_is_not_shortened BEFORE DELETE ON ledger
    BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
  CREATE TRIGGER ledger_is_not_replaced BEFORE INSERT ON ledger
    WHEN EXISTS (SELECT 1 FROM ledger WHERE scope = NEW.scope AND seq = NEW.seq)
    BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;
  `,
  `
  ALTER TABLE finds ADD COLUMN ask TEXT;  -- keyed hash, so that an ask has one line of each kind about a person
  CREATE UNIQUE INDEX finds_by_ask ON finds (ask);
  `,
  `
  -- A table WITHOUT ROWID keeps remnants of deleted rows in its pages in spite of secure_delete.
  ALTER TABLE disputes RENAME TO disputes_without_rowid;
  DROP INDEX disputes_by_other;
  CREATE TABLE disputes (
    one INTEGER NOT NULL REFERENCES people (n),
    other INTEGER NOT NULL REFERENCES people (n),
    UNIQUE (one, other)
  ) STRICT;
  CREATE INDEX disputes_by_other ON disputes (other);
  INSERT INTO disputes (one, other) SELECT one, other FROM disputes_without_rowid;
  DROP TABLE disputes_without_rowid;

  CREATE TABLE memberships (
    n INTEGER PRIMARY KEY,                -- random
    person TEXT NOT NULL UNIQUE,          -- keyed hash of the platform's id, whatever the scope
    sealed BLOB NOT NULL                  -- ids of the scopes in which the person has a row
  ) STRICT;
  `,
  `
  ALTER TABLE people ADD COLUMN changed INTEGER NOT NULL DEFAULT 0;   -- revision of the last change of what a search may see
  CREATE INDEX people_by_change ON people (scope, changed);
  ALTER TABLE scopes ADD COLUMN erasures INTEGER NOT NULL DEFAULT 0;  -- how many people were erased from it
  `,
  `
  -- From this step on, the column one has the challenger, and other the holder. In older rows the
  -- order says nothing. There the person who enrolled last becomes the challenger.
  UPDATE disputes SET one = other, other = one
    WHERE (SELECT max(id) FROM templates WHERE person = one) < (SELECT max(id) FROM templates WHERE person = other);
  UPDATE scopes SET revision = revision + 1;
  UPDATE people SET changed = (SELECT revision FROM scopes WHERE id = people.scope)
    WHERE n IN (SELECT other FROM disputes);
  `,
  `
  ALTER TABLE scopes ADD COLUMN settings BLOB;  -- sealed: what the admins of the group set
  `,
];

/** The number of steps after which the table `memberships` exists. */
export const MEMBERSHIPS_SINCE = 3;
