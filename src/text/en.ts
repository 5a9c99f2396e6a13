import type { FailureDetails as Details } from '../failure.ts';
import type { NoticeFacts } from './facts.ts';
import { page } from './page.en.ts';

/** Every sentence a person reads, in English; other languages have the same shape. */
export const en = {
  /** One line each, for menus and slash command descriptions (Discord allows 100 characters). */
  commands: {
    enroll: 'Add your own face, so that photos sent here can find you',
    find: 'Find enrolled people of this group in a photo',
    forget: 'Erase everything held about you, with a receipt',
    mydata: 'See all that is held about you, and who found you',
    privacy: 'What is stored, why, how long, and whom to ask',
    help: 'What this bot does and how to use it',
  },
  /** What a failure code means to the person, and what to do next. Numbers come from the failure's details. */
  failures: {
    bad_command: 'I do not know that command. Type /help to see what I can do.',
    no_photo: (d: Details): string =>
      d.borrowed
        ? 'A selfie must be a photo that you send yourself: not a forwarded one, and not somebody else’s. Send /enroll again with your own.'
        : d.selfies
          ? `Now send 1 to ${d.selfies} selfies as your next message: only you, in good light, looking at the camera. Different ones work best.`
          : 'There is no photo with this. Send it again with a photo attached, or send the photo now as your next message.',
    too_many_photos: (d: Details) => `That is too many photos at once. Send at most ${d.max ?? 10} and try again.`,
    not_an_image: (d: Details): string =>
      d.heic
        ? 'This is a HEIC photo, which I cannot read. Send it as JPEG: on an iPhone choose Settings, Camera, Formats, Most Compatible, or share it as JPEG.'
        : 'This file is not a photo I can read. Send a JPEG, PNG, WebP, GIF or AVIF picture.',
    image_too_large:
      'This photo is too large. Send one of at most 20 MB and 50 megapixels; a smaller copy works just as well.',
    image_unreadable: 'This photo is damaged or incomplete. Send it again, or take a new one.',
    no_face: 'I see no face in this photo. Try one where the face is larger, brighter and turned to the camera.',
    several_faces:
      'A selfie must show you alone. Send a photo with just one face, or one where yours is by far the largest.',
    face_too_small:
      'Your face is too small in this photo. Come closer to the camera, or crop the photo, and send it again.',
    face_too_blurred: 'Your face is too blurred in this photo. Hold still in good light and send a sharper one.',
    face_turned_away: 'Your face is turned too far to the side. Look at the camera and send another photo.',
    not_enrolled: 'Only people who are enrolled here may search. Send /enroll with a selfie first.',
    not_a_member: 'You are not a member of that group (any more), so nothing of it can be shown to you.',
    face_taken:
      'This face is already enrolled here by somebody else, so it was not stored. If it is yours, say so with the button: both entries are hidden from searches until the operator has decided, without seeing photos.',
    not_yours: 'This button belongs to somebody else. Send the command yourself to get your own.',
    rate_limited: (d: Details) =>
      d.seconds === undefined
        ? 'As many of your requests are under way as may be at once. Send this one again once one of them is answered.'
        : `That was a lot in a short time. Try again in ${minutes(d.seconds)}.`,
    busy: 'I am very busy right now. Nothing was lost or stored; try again in a minute.',
    expired: 'This is too old, already used, or was withdrawn meanwhile, so nothing was done. Send the command again.',
    unavailable: 'I cannot reach my own storage right now. Nothing was changed; try again in a few minutes.',
    internal: (id: string) =>
      `Something went wrong here that is not your fault. Nothing was stored. Please tell the operator this number: ${id}`,
  },
  notice: {
    /** The two purposes have a notice each; what differs comes first. */
    enrol: (f: NoticeFacts) =>
      [
        'May I remember your face in this group?',
        'If you agree, I compute a template (a list of numbers) from each selfie you send with /enroll, at most 5, and keep it, encrypted, together with your account id and display name. The photos themselves are never kept.',
        'What for: when a member of this group sends a photo with /find, I compare the faces in it with your template and, if they are close, tell that person your name, how close, and how likely a stranger would be as close. Nobody outside this group can find you here. Each time you are found it is logged for you to read: /mydata.',
        ...sharedNotice(f),
      ].join('\n\n'),
    search: (f: NoticeFacts) =>
      [
        'Before I look at your photo',
        'If you agree, I look for faces in the photos you send with /find, compare them with the people of this group who agreed to be found, and tell you who is close. The photo and the numbers computed from it live only until you have your answer; nothing of it is stored. This does not enrol you: nobody can find you.',
        'What is kept: your account id, your display name, that you agreed, and, for the people you find, that you found them and when.',
        ...sharedNotice(f),
      ].join('\n\n'),
    agree: 'I agree',
    agreeShown: 'Agree, may be shown',
    decline: 'No, thanks',
    declined: 'All right: nothing was looked at and nothing was stored.',
  },
  enroll: {
    done: (templates: number) =>
      `You are enrolled here, with ${templates} ${templates === 1 ? 'template' : 'templates'}. ${
        templates < 3 ? 'Up to 3 different selfies make finding you far more reliable: send more with /enroll. ' : ''
      }/forget erases you at any time.`,
    alreadyKnown: 'That selfie is already enrolled; a different one would help more.',
    again:
      'The models that compare faces were changed since you enrolled, so nobody can find you here now. Send /enroll with a selfie to be found again, or /forget to be erased.',
    photoFailed: (number: number, reason: string) => `Photo ${number}: ${reason}`,
    notYou:
      'These selfies do not look like one person. Each of you enrols with your own account; if you were enrolled wrongly, send /forget first.',
    dispute: 'This is me',
    disputed:
      'Noted. Both entries are now hidden from searches until the operator has decided. Nobody sees a photo for that: none is kept.',
  },
  find: {
    looking: 'Looking…',
    face: (number: number) => `Face ${number}`,
    match: (name: string, distance: string, chance: string) =>
      `${name}: match, distance ${distance} (a stranger this close: ${chance})`,
    possible: (name: string, distance: string, chance: string) =>
      `${name}: possible, distance ${distance} (a stranger this close: ${chance})`,
    unknown: 'nobody enrolled here',
    nameless: 'somebody whose name cannot be shown',
    nobodyEnrolled: 'Nobody is enrolled here yet. People join with /enroll and a selfie.',
    allOutdated:
      'Nobody can be found here now: the models that compare faces were changed, and whoever enrolled before has to send /enroll again.',
    summary: (faces: number, known: number) =>
      `${faces === 1 ? '1 face' : `${faces} faces`}, ${known === 0 ? 'nobody I may name' : known === 1 ? '1 of them known here' : `${known} of them known here`}.`,
    picture: (faces: number, names: readonly string[]) =>
      `The photo with ${faces === 1 ? '1 numbered face' : `${faces} numbered faces`}${names.length === 0 ? '' : `: ${names.join(', ')}`}`,
    show: 'Show to channel',
    shownBlurred: 'blurred',
    rare: 'less than 1 in a million',
  },
  forget: {
    ask: 'This erases your templates, your consent and your entries in the search log. It cannot be undone; you can enrol again at any time.',
    here: 'Erase me here',
    everywhere: 'Erase me everywhere',
    cancel: 'Keep me',
    kept: 'Nothing was erased.',
    nothing: 'Nothing is held about you here, so there was nothing to erase.',
    receipt: (templates: number, final: boolean) =>
      `Erased: ${templates} ${templates === 1 ? 'template' : 'templates'}, your consent, your name. I searched for what is left and found nothing.${
        final
          ? ' The bytes have left the disk too.'
          : ' The bytes are still being scrubbed from the disk; a final receipt follows when that is done.'
      } This receipt is signed: keep it. Anybody can check it with the operator's public key (/privacy).`,
    later:
      'I cannot reach the storage right now. Your erasure is noted and will be repeated until it is done. A receipt follows here if it still can; /forget again shows that nothing is left.',
  },
  mydata: {
    nothing: 'Nothing is held about you here.',
    title: (group: string) => `What is held about you in ${group}:`,
    here: 'this group',
    enrolled: (templates: number, hidden: number) =>
      `${templates} ${templates === 1 ? 'template' : 'templates'}${hidden > 0 ? ` (${hidden} hidden while a dispute is open)` : ''}; the photos were never kept.`,
    outdated: (templates: number) =>
      `${templates} of them ${templates === 1 ? 'was' : 'were'} made by models that are no longer used: nobody finds you by ${templates === 1 ? 'it' : 'them'}. Send /enroll with a selfie to be found again.`,
    agreed: (purpose: string, version: number, date: string) =>
      `You agreed to ${purpose}, notice version ${version}, on ${date}.`,
    until: (date: string) => `All of it is erased by itself on ${date}, unless you agree or enrol again before that.`,
    purposes: { search: 'search', enrol: 'be found' },
    notFound: 'Nobody has found you in the time the log covers.',
    found: (count: number) => `Who found you (latest first, ${count} in all):`,
    foundBy: (date: string, name: string) => `${date}: ${name}`,
    triedToEnrol: (date: string, name: string) => `${date}: ${name} tried to enrol your face and was refused`,
    erasedPerson: 'somebody who has since been erased',
    whole: 'The attached data is everything, your templates included.',
  },
  alert: (count: number) =>
    count === 1
      ? 'Somebody else tried to enrol your face here; it was refused. /mydata shows who and when.'
      : `Others tried ${count} times to enrol your face here; it was refused. /mydata shows who and when.`,
  privacy: {
    title: 'What I store and why. Nothing happens before you agree.',
    contact: (contact: string) => `Questions, complaints and reports go to: ${contact}`,
    noContact: 'The operator of this bot has not named a contact; ask whoever added it.',
    policy: (url: string) => `The operator's privacy policy: ${url}`,
    key: 'Erasure receipts are signed with the operator’s public key (Ed25519, JWK):',
  },
  help: {
    title: 'I find people of this group in photos, but only people who agreed to it.',
    command: (name: string, what: string) => `/${name} – ${what}`,
    version: (version: string) => `facefinder ${version}`,
  },
  place: {
    which: 'Which of your groups is this about?',
    none: 'Use this inside a group where I am: there is no group here in which you are known to me.',
    untitled: (number: number) => `Group ${number}`,
  },
  discord: {
    /** Names of the slash commands in this language: lower case, 32 characters, no spaces. */
    names: {
      enroll: 'enroll',
      find: 'find',
      forget: 'forget',
      mydata: 'mydata',
      privacy: 'privacy',
      help: 'help',
    },
    /** In a message's context menu. */
    findFaces: 'Find faces',
    photo: 'photo',
    selfie: 'A photo of you alone; leave it out to read the notice and upload up to 3',
    anotherSelfie: 'Another one: different light or angle helps',
    photoToSearch: 'The photo to look at',
    /** Discord: at most 45 characters for title and labels, 100 for the rest. */
    form: {
      title: 'Be found in photos here',
      consent: 'Do you agree?',
      agree: 'I am 18 or older, I read the above, and I agree',
      shown: 'May a whole channel see it? (optional)',
      agreeShown: 'Results that name me may be shown to a channel',
      photos: 'Selfies, up to 3',
      photosHint: 'You alone in each; three different ones make finding you far more reliable.',
    },
    delete: 'Delete',
    cut: 'This is too long for one message: the whole text is in the attached file.',
    leftOut: 'Not every attachment fits into one message here: some were left out.',
    notInstalledHere:
      'This works only in servers that I was added to. Here you can use /privacy, /help, /mydata and /forget.',
  },
  telegram: {
    /** In a group, where nothing personal is shown. */
    inPrivate: 'This is between the two of us. Open our private chat, and it goes on there by itself.',
    openOnce: 'I answer in private, so that only you see it. Open our chat once, and your search goes on by itself.',
    open: 'Go on in private',
    asYourself:
      'I cannot tell who you are while you write as a group or a channel. Choose yourself as the sender (admins: switch “Remain anonymous” off), and send the command again.',
    notInChannels:
      'I work in groups and in private chats, not in channels. Add me to a group, or write to me in private.',
    shown: 'Shown in the group.',
    notShown: 'I may not send photos to that group. An admin can allow it; nothing was shown.',
    /** Below a text that had to be cut. */
    cut: '… There was more than fits into one message.',
  },
  page,
};

function sharedNotice(f: NoticeFacts): string[] {
  return [
    `How long: until you send /forget, until you leave, or ${f.retentionDays} days after you last agreed or enrolled, whichever comes first. /forget takes one step and gives a signed receipt.`,
    'You must be 18 or older. Distances and chances are measurements, not proof of identity: never decide anything important by them.',
    `${f.contact === undefined ? 'The operator is whoever added me here' : `The operator: ${f.contact}`}${f.policyUrl === undefined ? '' : `; privacy policy: ${f.policyUrl}`}. Withdrawing is as easy as agreeing: /forget.`,
  ];
}

function minutes(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds / 60));
  return whole === 1 ? '1 minute' : `${whole} minutes`;
}
