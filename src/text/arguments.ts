/**
 * The kind of an argument of a sentence, in terms of ICU MessageFormat. `flag`: true or false for a
 * `select`. A list: the cases of a `select`. `number`: a number for a `plural`. `text`: a text that
 * the sentence contains.
 */
export type Kind = 'flag' | 'number' | 'text' | readonly string[];

/**
 * The arguments of each sentence in the catalogues, by the sentence's key. A sentence whose key is
 * missing here has no arguments. `*` stands for all keys that are not listed beside it. `test/text`
 * compares every language with this.
 */
export const ARGUMENTS = {
  commands: { '*': { photo: { max: 'number' }, addPhotos: { max: 'number' } } },
  failures: {
    no_photo: { whose: ['borrowed', 'attached', 'selfie', 'other'], max: 'number' },
    not_your_photo: { why: ['forbidden', 'other'] },
    too_many_photos: { max: 'number' },
    image_too_large: { megabytes: 'number', megapixels: 'number', kind: ['avif', 'other'] },
    image_unreadable: { why: ['heic', 'kind', 'other'], kind: 'text' },
    not_enrolled: { why: ['borrowed', 'self', 'other'] },
    not_a_member: { why: ['unproven', 'other'] },
    // The sentence says how long to wait. If `why` is `other`, that is `minutes`, and 0 means that
    // nobody knows. For any other `why` it is `count` of `unit`; the unit `other` is minutes.
    rate_limited: {
      why: ['gesture', 'photos', 'revealed', 'selfie', 'other'],
      minutes: 'number',
      unit: ['days', 'hours', 'other'],
      count: 'number',
    },
    expired: {
      why: ['used', 'timedOut', 'restarted', 'withdrawn', 'lost', 'elsewhere', 'late', 'other'],
    },
    internal: { incident: 'text' },
  },
  intent: {
    near: { name: 'text' },
    overMany: { sent: 'number', max: 'number' },
    oneOfAlbum: { how: ['replied', 'other'], group: 'text' },
  },
  notice: {
    enrol: {
      title: { group: 'text' },
      brief: { templates: 'number', days: 'number' },
      what: { templates: 'number' },
      whatFor: { group: 'text' },
      seen: { logDays: 'number' },
    },
    search: {
      title: { group: 'text' },
      brief: { days: 'number' },
      what: { group: 'text', minutes: 'number' },
      kept: { logDays: 'number', toldDays: 'number' },
    },
    self: {
      title: { group: 'text' },
      brief: { days: 'number' },
      what: { group: 'text', minutes: 'number' },
    },
    blur: {
      title: { group: 'text' },
      brief: { days: 'number' },
      what: { minutes: 'number' },
    },
    stored: { isCarried: 'flag', carrier: 'text', country: 'text' },
    howLong: { group: 'text', days: 'number', traceDays: 'number' },
    operator: { hasContact: 'flag', contact: 'text' },
    policy: { hasPolicy: 'flag', policy: 'text' },
    receipt: { group: 'text' },
  },
  series: {
    others: { others: 'number' },
    elsewhere: { group: 'text', other: 'text' },
    held: { waiting: 'number' },
    found: { found: 'number', seen: 'number', isOver: 'flag' },
    waiting: { waiting: 'number' },
    maybe: { maybe: 'number' },
    failed: { failed: 'number' },
    unsure: { unsure: 'number' },
    refusedBack: { refused: 'number', photos: 'text' },
    refused: { refused: 'number', most: 'number', hours: 'number' },
    photo: { number: 'number', isMaybe: 'flag' },
  },
  enroll: {
    done: { group: 'text', templates: 'number', more: 'flag', selfies: 'number' },
    again: { group: 'text' },
    collected: { photos: 'number' },
    photoFailed: { number: 'number', reason: 'text' },
    gesture: { ask: { gesture: ['chinUp', 'chinDown', 'mouthOpen', 'other'], how: ['command', 'other'] } },
  },
  invite: { text: { people: 'number', search: ['self', 'other'] }, '*': { group: 'text' } },
  settings: {
    title: { group: 'text', people: 'number' },
    lines: {
      findBy: { who: ['self', 'enrolled', 'other'] },
      showing: { allowed: 'flag' },
      findsPerHour: { finds: 'number' },
      language: { isSet: 'flag', language: 'text' },
      retentionDays: { days: 'number' },
      enrolProof: { proof: ['gesture', 'unseen', 'other'] },
      channels: { which: ['some', 'gone', 'other'], where: 'text' },
    },
    elsewhere: { some: 'flag', group: 'text', where: 'text' },
    which: { '*': { group: 'text' } },
    thisChannel: { where: 'text' },
    options: {
      findBy: { who: ['self', 'enrolled', 'other'] },
      showing: { allowed: 'flag' },
      findsPerHour: { finds: 'number' },
      retentionDays: { days: 'number' },
      enrolProof: { proof: ['gesture', 'other'] },
      channels: { which: ['only', 'also', 'without', 'other'] },
    },
    erase: { ask: { group: 'text' }, done: { group: 'text', isDone: 'flag' } },
  },
  me: {
    found: { found: 'number', seen: 'number', photos: 'text' },
    maybe: { found: 'number', seen: 'number', photos: 'text' },
    takenOut: { found: 'number', seen: 'number', photos: 'text' },
    notMe: { number: 'number', seen: 'number' },
    picture: { number: 'number' },
  },
  listed: { before: 'text', last: 'text' },
  blur: {
    done: { sure: 'number', unsure: 'number', you: ['kept', 'covered', 'missed', 'unknown', 'other'], group: 'text' },
    picture: { blurred: 'number' },
    none: { again: 'flag' },
  },
  shown: { erased: { deleted: 'number', left: 'number', later: 'number' } },
  find: {
    waiting: { ahead: 'number' },
    atPhoto: { number: 'number', photos: 'number' },
    photo: { number: 'number' },
    // Distances and chances come as text, already formatted for the reader.
    match: { name: 'text', face: 'number', distance: 'text', chance: 'text' },
    possible: { name: 'text', face: 'number', distance: 'text', chance: 'text' },
    wrongAnswers: { answers: 'text' },
    // `told` is `elsewhere` when the distance is shown at another face, with the number `at`.
    unmeasured: {
      match: { name: 'text', face: 'number', told: ['elsewhere', 'other'], at: 'number' },
      possible: { name: 'text', face: 'number', told: ['elsewhere', 'other'], at: 'number' },
    },
    // `faces`: how many faces the sentence is about. `numbers`: their numbers, as a list.
    similar: { faces: 'number', numbers: 'text' },
    unknown: { faces: 'number', numbers: 'text' },
    inPicture: { match: { name: 'text', face: 'number' }, possible: { name: 'text', face: 'number' } },
    blurred: { faces: 'number', named: 'flag' },
    nobodyEnrolled: { group: 'text' },
    allOutdated: { group: 'text' },
    // `sure`: how many faces are named as a match. `maybe`: how many as possible.
    summary: { faces: 'number', sure: 'number', maybe: 'number', group: 'text' },
    details: { limits: { isOne: 'flag', match: 'text', possible: 'text' }, chance: { rest: ['own', 'other'] } },
    left: { left: 'number', faces: 'number' },
    picture: { faces: 'number', named: 'flag', names: 'text' },
  },
  forget: {
    ask: { groups: 'text' },
    here: { group: 'text' },
    nothing: { where: ['group', 'other'], group: 'text' },
    // `bytes`: whether bytes are left on the disk. `unsent`: some are, and no final receipt can be
    // sent. `other`: some are, and a final receipt follows.
    receipt: { group: 'text', templates: 'number', bytes: ['gone', 'unsent', 'other'] },
    photos: { groups: 'text', forbidden: 'flag' },
  },
  mydata: {
    nothing: { where: ['group', 'other'], group: 'text' },
    series: { group: 'text', received: 'number', waiting: 'number', date: 'text' },
    title: { group: 'text' },
    enrolled: { templates: 'number', hidden: 'number' },
    outdated: { templates: 'number' },
    agreed: { purpose: 'text', version: 'number', date: 'text' },
    until: { date: 'text' },
    found: { count: 'number' },
    foundBy: { date: 'text', name: 'text' },
    triedToEnrol: { date: 'text' },
    decided: { '*': { date: 'text' } },
    inChat: { hasContact: 'flag', contact: 'text', person: 'text' },
    selfies: {
      of: { group: 'text' },
      which: { group: 'text' },
      one: { number: 'number', date: 'text' },
      dropped: { group: 'text', left: 'number', final: 'flag' },
    },
    photos: {
      searched: { group: 'text', count: 'number', date: 'text' },
      forbidden: { group: 'text' },
      forbid: { group: 'text' },
      allow: { group: 'text' },
      isForbidden: { group: 'text' },
      isAllowed: { group: 'text' },
    },
  },
  alert: { count: 'number', group: 'text' },
  privacy: { basisWhat: { graceDays: 'number' }, policy: { policy: 'text' } },
  papers: { pin: { contact: 'text', days: 'number', hasPolicy: 'flag', policy: 'text', others: 'flag' } },
  help: { contact: { contact: 'text' }, command: { name: 'text', what: 'text' }, version: { version: 'text' } },
  person: { called: { name: 'text' }, account: { name: 'text', account: 'text' } },
  place: { titled: { title: 'text' }, untitled: { id: 'text' } },
  discord: { form: { photos: { max: 'number' } } },
  // The browser inserts these arguments. It has already formatted numbers for its reader.
  browser: {
    conversation: { name: 'text', group: 'text' },
    says: { name: 'text' },
    albumSoFar: { found: 'text', seen: 'text', left: 'text' },
    albumDone: { found: 'text', seen: 'text' },
    albumMaybe: { n: 'text' },
    albumTakenOut: { n: 'text' },
    albumUnread: { n: 'text' },
    photoTooLarge: { name: 'text', mb: 'text' },
    photoChanged: { name: 'text' },
    morePhotos: { n: 'text' },
    downloadAll: { n: 'text' },
    saveOriginal: { name: 'text' },
    photosReady: { n: 'text' },
    removePhoto: { name: 'text' },
    photoNamed: { name: 'text' },
    seconds: { n: 'text' },
    ifDeclined: { decline: 'text' },
    noticeVersion: { n: 'text' },
    days: { n: 'text' },
    youChose: { choice: 'text' },
    distance: { d: 'text' },
    sampleWhat: { name: 'text' },
    wrongAnswers: { n: 'text' },
    percent: { n: 'text' },
    oneIn: { n: 'text' },
    explainDistanceWhat: { dims: 'text', d: 'text' },
    explainChanceWhat: { n: 'text', f: 'text', nf: 'text' },
    inGroupOf: { n: 'text', d: 'text', chance: 'text' },
    explainVectorWhat: { dims: 'text', size: 'text' },
    manyNumbers: { n: 'text' },
    vector: { n: 'text', size: 'text' },
  },
} as const;

type Value<K> = K extends 'flag'
  ? boolean
  : K extends 'number'
    ? number
    : K extends 'text'
      ? string
      : K extends readonly (infer Case)[]
        ? Case
        : never;

type Below<Args, Key> = Key extends keyof Args ? Args[Key] : '*' extends keyof Args ? Args['*'] : unknown;

type Sentence<Args> =
  Args extends Readonly<Record<string, Kind>>
    ? (told: { readonly [Name in keyof Args]: Value<Args[Name]> }) => string
    : string;

/** The sentences of a catalogue. One with arguments is a function that takes them. */
export type Sentences<Catalogue, Args> = {
  readonly [Key in keyof Catalogue]: Catalogue[Key] extends string
    ? Sentence<Below<Args, Key>>
    : Sentences<Catalogue[Key], Below<Args, Key>>;
};
