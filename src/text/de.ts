import type { FailureDetails as Details } from '../failure.ts';
import type { en } from './en.ts';
import type { NoticeFacts } from './facts.ts';
import { page } from './page.de.ts';

export const de: typeof en = {
  commands: {
    enroll: 'Nimmt dein Gesicht auf, damit Fotos von hier dich finden',
    find: 'Findet aufgenommene Personen dieser Gruppe in einem Foto',
    forget: 'Löscht alles über dich, mit Quittung',
    mydata: 'Zeigt alles, was über dich gespeichert ist, und wer dich fand',
    privacy: 'Was gespeichert wird, wozu, wie lange, und wen man fragt',
    help: 'Was dieser Bot tut und wie man ihn benutzt',
  },
  failures: {
    bad_command: 'Diesen Befehl kenne ich nicht. /help zeigt, was ich kann.',
    no_photo: (d: Details): string =>
      d.borrowed
        ? 'Ein Selfie muss ein Foto sein, das du selbst sendest: kein weitergeleitetes und nicht das von jemand anderem. Sende /enroll noch einmal, mit deinem eigenen.'
        : d.selfies
          ? `Sende jetzt 1 bis ${d.selfies} Selfies als nächste Nachricht: nur du, bei gutem Licht, mit Blick in die Kamera. Am besten verschiedene.`
          : 'Hier fehlt ein Foto. Sende es mit dem Befehl zusammen, oder jetzt als nächste Nachricht.',
    too_many_photos: (d: Details) => `Das sind zu viele Fotos auf einmal. Sende höchstens ${d.max ?? 10}.`,
    not_an_image: (d: Details): string =>
      d.heic
        ? 'Das ist ein HEIC-Foto, das ich nicht lesen kann. Sende es als JPEG: auf dem iPhone unter Einstellungen, Kamera, Formate, Maximale Kompatibilität.'
        : 'Diese Datei ist kein Foto, das ich lesen kann. Sende JPEG, PNG, WebP, GIF oder AVIF.',
    image_too_large:
      'Dieses Foto ist zu groß. Sende eins mit höchstens 20 MB und 50 Megapixeln; eine kleinere Kopie genügt.',
    image_unreadable: 'Dieses Foto ist beschädigt oder unvollständig. Sende es noch einmal oder nimm ein neues auf.',
    no_face:
      'Ich sehe kein Gesicht auf diesem Foto. Nimm eins, auf dem es größer und heller ist und in die Kamera schaut.',
    several_faces:
      'Ein Selfie zeigt nur dich. Sende ein Foto mit einem einzigen Gesicht, oder eins, auf dem deins bei weitem das größte ist.',
    face_too_small:
      'Dein Gesicht ist zu klein auf diesem Foto. Geh näher heran oder schneide es zu und sende es noch einmal.',
    face_too_blurred: 'Dein Gesicht ist zu unscharf. Halte still, bei gutem Licht, und sende ein schärferes Foto.',
    face_turned_away: 'Dein Gesicht ist zu weit zur Seite gedreht. Schau in die Kamera und sende ein anderes Foto.',
    not_enrolled: 'Suchen dürfen hier nur Aufgenommene. Sende erst /enroll mit einem Selfie.',
    not_a_member: 'Du bist (nicht mehr) Mitglied dieser Gruppe, daher kann dir nichts daraus gezeigt werden.',
    face_taken:
      'Dieses Gesicht ist hier schon von jemand anderem aufgenommen und wurde nicht gespeichert. Ist es deins, sag es mit dem Knopf: beide Einträge bleiben dann verborgen, bis der Betreiber entschieden hat, ohne Fotos zu sehen.',
    not_yours: 'Dieser Knopf gehört jemand anderem. Sende den Befehl selbst.',
    rate_limited: (d: Details) =>
      d.seconds === undefined
        ? 'Von dir sind schon so viele Anfragen in Arbeit, wie es auf einmal sein dürfen. Sende diese noch einmal, sobald eine davon beantwortet ist.'
        : `Das war viel in kurzer Zeit. Versuche es in ${minutes(d.seconds)} wieder.`,
    busy: 'Ich bin gerade sehr beschäftigt. Nichts ging verloren, nichts wurde gespeichert; versuche es in einer Minute wieder.',
    expired:
      'Das ist zu alt, schon benutzt oder inzwischen widerrufen; es ist nichts geschehen. Sende den Befehl noch einmal.',
    unavailable:
      'Ich erreiche meinen Speicher gerade nicht. Nichts wurde geändert; versuche es in einigen Minuten wieder.',
    internal: (id: string) =>
      `Hier ging etwas schief, und es lag nicht an dir. Nichts wurde gespeichert. Nenne dem Betreiber diese Nummer: ${id}`,
  },
  notice: {
    enrol: (f: NoticeFacts) =>
      [
        'Darf ich mir dein Gesicht in dieser Gruppe merken?',
        'Wenn du zustimmst, berechne ich aus jedem Selfie, das du mit /enroll sendest, eine Vorlage (eine Liste von Zahlen), höchstens 5, und bewahre sie verschlüsselt auf, mit deiner Konto-ID und deinem Anzeigenamen. Die Fotos selbst werden nie aufbewahrt.',
        'Wozu: Sendet ein Mitglied dieser Gruppe ein Foto mit /find, vergleiche ich die Gesichter darauf mit deiner Vorlage und nenne dieser Person, wenn sie nah sind, deinen Namen, wie nah, und wie wahrscheinlich ein Fremder so nah wäre. Außerhalb dieser Gruppe findet dich hier niemand. Jeder Fund wird für dich aufgeschrieben: /mydata.',
        ...sharedNotice(f),
      ].join('\n\n'),
    search: (f: NoticeFacts) =>
      [
        'Bevor ich dein Foto ansehe',
        'Wenn du zustimmst, suche ich Gesichter in den Fotos, die du mit /find sendest, vergleiche sie mit den Personen dieser Gruppe, die gefunden werden wollen, und sage dir, wer nah ist. Das Foto und die daraus berechneten Zahlen leben nur, bis du deine Antwort hast; nichts davon wird gespeichert. Du wirst damit nicht aufgenommen: niemand kann dich finden.',
        'Aufbewahrt wird: deine Konto-ID, dein Anzeigename, dass du zugestimmt hast, und für die Personen, die du findest, dass und wann du sie gefunden hast.',
        ...sharedNotice(f),
      ].join('\n\n'),
    agree: 'Ich stimme zu',
    agreeShown: 'Ja, auch öffentlich zeigen',
    decline: 'Nein, danke',
    declined: 'In Ordnung: nichts wurde angesehen, nichts gespeichert.',
  },
  enroll: {
    done: (templates: number) =>
      `Du bist hier aufgenommen, mit ${templates} ${templates === 1 ? 'Vorlage' : 'Vorlagen'}. ${
        templates < 3
          ? 'Bis zu 3 verschiedene Selfies machen Funde viel zuverlässiger: sende weitere mit /enroll. '
          : ''
      }/forget löscht dich jederzeit.`,
    alreadyKnown: 'Dieses Selfie ist schon aufgenommen; ein anderes hilft mehr.',
    again:
      'Die Modelle, die Gesichter vergleichen, wurden seit deiner Aufnahme gewechselt; hier findet dich gerade niemand. Sende /enroll mit einem Selfie, um wieder gefunden zu werden, oder /forget, um gelöscht zu werden.',
    photoFailed: (number: number, reason: string) => `Foto ${number}: ${reason}`,
    notYou:
      'Diese Selfies sehen nicht nach einer einzigen Person aus. Jeder nimmt sich mit dem eigenen Konto auf; wurdest du falsch aufgenommen, sende erst /forget.',
    dispute: 'Das bin ich',
    disputed:
      'Notiert. Beide Einträge sind nun verborgen, bis der Betreiber entschieden hat. Niemand sieht dafür ein Foto: es gibt keins.',
  },
  find: {
    looking: 'Ich schaue…',
    face: (number: number) => `Gesicht ${number}`,
    match: (name: string, distance: string, chance: string) =>
      `${name}: Treffer, Abstand ${distance} (ein Fremder so nah: ${chance})`,
    possible: (name: string, distance: string, chance: string) =>
      `${name}: möglich, Abstand ${distance} (ein Fremder so nah: ${chance})`,
    unknown: 'niemand, der hier aufgenommen ist',
    nameless: 'jemand, dessen Name sich nicht zeigen lässt',
    nobodyEnrolled: 'Hier ist noch niemand aufgenommen. Mit /enroll und einem Selfie ist man dabei.',
    allOutdated:
      'Hier kann gerade niemand gefunden werden: Die Modelle, die Gesichter vergleichen, wurden gewechselt, und wer vorher aufgenommen wurde, muss noch einmal /enroll senden.',
    summary: (faces: number, known: number) =>
      `${faces === 1 ? '1 Gesicht' : `${faces} Gesichter`}, ${known === 0 ? 'niemand, den ich nennen darf' : `${known} davon hier bekannt`}.`,
    picture: (faces: number, names: readonly string[]) =>
      `Das Foto mit ${faces === 1 ? '1 nummerierten Gesicht' : `${faces} nummerierten Gesichtern`}${names.length === 0 ? '' : `: ${names.join(', ')}`}`,
    show: 'Im Kanal zeigen',
    shownBlurred: 'unkenntlich gemacht',
    rare: 'seltener als 1 zu 1 Million',
  },
  forget: {
    ask: 'Das löscht deine Vorlagen, deine Einwilligung und deine Einträge im Suchprotokoll. Es lässt sich nicht rückgängig machen; aufnehmen kannst du dich jederzeit wieder.',
    here: 'Hier löschen',
    everywhere: 'Überall löschen',
    cancel: 'Behalten',
    kept: 'Nichts wurde gelöscht.',
    nothing: 'Über dich ist hier nichts gespeichert; es gab nichts zu löschen.',
    receipt: (templates: number, final: boolean) =>
      `Gelöscht: ${templates} ${templates === 1 ? 'Vorlage' : 'Vorlagen'}, deine Einwilligung, dein Name. Ich habe nachgesehen und nichts mehr gefunden.${
        final
          ? ' Auch die Bytes sind vom Datenträger verschwunden.'
          : ' Die Bytes werden noch vom Datenträger entfernt; danach folgt eine abschließende Quittung.'
      } Diese Quittung ist unterschrieben: bewahre sie auf. Jeder kann sie mit dem öffentlichen Schlüssel des Betreibers prüfen (/privacy).`,
    later:
      'Ich erreiche den Speicher gerade nicht. Deine Löschung ist vorgemerkt und wird wiederholt, bis sie gelingt. Die Quittung folgt hier, wenn es dann noch geht; /forget zeigt dir sonst, dass nichts mehr da ist.',
  },
  mydata: {
    nothing: 'Über dich ist hier nichts gespeichert.',
    title: (group: string) => `Was über dich in ${group} gespeichert ist:`,
    here: 'dieser Gruppe',
    enrolled: (templates: number, hidden: number) =>
      `${templates} ${templates === 1 ? 'Vorlage' : 'Vorlagen'}${hidden > 0 ? ` (${hidden} verborgen, solange ein Streit offen ist)` : ''}; Fotos wurden nie aufbewahrt.`,
    outdated: (templates: number) =>
      `${templates} davon ${templates === 1 ? 'stammt' : 'stammen'} von Modellen, die nicht mehr benutzt werden: damit findet dich niemand. Sende /enroll mit einem Selfie, um wieder gefunden zu werden.`,
    agreed: (purpose: string, version: number, date: string) =>
      `Zugestimmt: ${purpose}, Hinweis Version ${version}, am ${date}.`,
    until: (date: string) =>
      `All das wird am ${date} von selbst gelöscht, außer du stimmst vorher neu zu oder nimmst dich neu auf.`,
    purposes: { search: 'suchen', enrol: 'gefunden werden' },
    notFound: 'Niemand hat dich in der Zeit gefunden, die das Protokoll umfasst.',
    found: (count: number) => `Wer dich fand (neueste zuerst, insgesamt ${count}):`,
    foundBy: (date: string, name: string) => `${date}: ${name}`,
    triedToEnrol: (date: string, name: string) => `${date}: ${name} wollte dein Gesicht aufnehmen und wurde abgewiesen`,
    erasedPerson: 'jemand, der inzwischen gelöscht ist',
    whole: 'Die angehängten Daten sind alles, deine Vorlagen eingeschlossen.',
  },
  alert: (count: number) =>
    count === 1
      ? 'Jemand anderes wollte hier dein Gesicht aufnehmen und wurde abgewiesen. /mydata zeigt, wer und wann.'
      : `Andere wollten hier ${count}-mal dein Gesicht aufnehmen und wurden abgewiesen. /mydata zeigt, wer und wann.`,
  privacy: {
    title: 'Was ich speichere und wozu. Bevor du zustimmst, geschieht nichts.',
    contact: (contact: string) => `Fragen, Beschwerden und Meldungen an: ${contact}`,
    noContact: 'Der Betreiber dieses Bots hat keinen Kontakt genannt; frage, wer ihn hinzugefügt hat.',
    policy: (url: string) => `Die Datenschutzerklärung des Betreibers: ${url}`,
    key: 'Quittungen sind mit diesem öffentlichen Schlüssel des Betreibers prüfbar (Ed25519, JWK):',
  },
  help: {
    title: 'Ich finde Personen dieser Gruppe auf Fotos, aber nur, wer zugestimmt hat.',
    command: (name: string, what: string) => `/${name} – ${what}`,
    version: (version: string) => `facefinder ${version}`,
  },
  place: {
    which: 'Um welche deiner Gruppen geht es?',
    none: 'Benutze das in einer Gruppe, in der ich bin: keine hier, in der ich dich kenne.',
    untitled: (number: number) => `Gruppe ${number}`,
  },
  discord: {
    names: {
      enroll: 'aufnehmen',
      find: 'finden',
      forget: 'vergessen',
      mydata: 'meinedaten',
      privacy: 'datenschutz',
      help: 'hilfe',
    },
    findFaces: 'Gesichter finden',
    photo: 'foto',
    selfie: 'Ein Foto von dir allein; ohne Foto kommen der Hinweis und ein Feld für bis zu 3',
    anotherSelfie: 'Noch eines: anderes Licht oder ein anderer Winkel hilft',
    photoToSearch: 'Das Foto, das angesehen werden soll',
    form: {
      title: 'Hier in Fotos gefunden werden',
      consent: 'Bist du einverstanden?',
      agree: 'Ich bin 18 oder älter, habe das gelesen und bin einverstanden',
      shown: 'Darf ein ganzer Kanal es sehen? (freiwillig)',
      agreeShown: 'Ergebnisse, die mich nennen, dürfen einem Kanal gezeigt werden',
      photos: 'Selfies, bis zu 3',
      photosHint: 'Nur du auf jedem; mit drei verschiedenen wirst du viel zuverlässiger gefunden.',
    },
    delete: 'Löschen',
    cut: 'Das ist zu lang für eine Nachricht: Der ganze Text steht in der angehängten Datei.',
    leftOut: 'Nicht alle Anhänge passen hier in eine Nachricht: Einige wurden weggelassen.',
    notInstalledHere:
      'Das geht nur auf Servern, zu denen ich hinzugefügt wurde. Hier gehen /privacy, /help, /mydata und /forget.',
  },
  telegram: {
    inPrivate: 'Das geht nur uns beide an. Öffne unseren privaten Chat, dort geht es von selbst weiter.',
    openOnce:
      'Ich antworte privat, damit nur du es siehst. Öffne einmal unseren Chat, dann geht deine Suche von selbst weiter.',
    open: 'Privat weiter',
    asYourself:
      'Ich kann nicht erkennen, wer du bist, solange du als Gruppe oder Kanal schreibst. Wähle dich selbst als Absender (Admins: „Anonym bleiben“ ausschalten) und sende den Befehl noch einmal.',
    notInChannels:
      'Ich arbeite in Gruppen und in privaten Chats, nicht in Kanälen. Füge mich einer Gruppe hinzu oder schreib mir privat.',
    shown: 'In der Gruppe gezeigt.',
    notShown: 'Ich darf in dieser Gruppe keine Fotos senden. Ein Admin kann es erlauben; gezeigt wurde nichts.',
    cut: '… Es gab mehr, als in eine Nachricht passt.',
  },
  page,
};

function sharedNotice(f: NoticeFacts): string[] {
  return [
    `Wie lange: bis du /forget sendest, die Gruppe verlässt, oder ${f.retentionDays} Tage nach deiner letzten Zustimmung oder Aufnahme, je nachdem, was zuerst kommt. /forget ist ein Schritt und gibt eine unterschriebene Quittung.`,
    'Du musst mindestens 18 sein. Abstände und Wahrscheinlichkeiten sind Messungen, kein Beweis einer Identität: entscheide nie etwas Wichtiges danach.',
    `${f.contact === undefined ? 'Betreiber ist, wer mich hier hinzugefügt hat' : `Betreiber: ${f.contact}`}${f.policyUrl === undefined ? '' : `; Datenschutzerklärung: ${f.policyUrl}`}. Widerrufen ist so leicht wie Zustimmen: /forget.`,
  ];
}

function minutes(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds / 60));
  return whole === 1 ? '1 Minute' : `${whole} Minuten`;
}
