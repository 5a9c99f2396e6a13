import type { page as english } from './page.en.ts';

/** The page's own sentences, in German. */
export const page: typeof english = {
  refusals: {
    wrongHost: 'Diese Seite antwortet nur unter 127.0.0.1 und localhost, an ihrem eigenen Port.',
    foreignOrigin: 'Eine andere Webseite darf diese nicht benutzen. Öffne sie direkt.',
    notFound: 'Hier ist nichts (mehr).',
    malformed:
      'Dieser Aufruf war unverständlich: nötig sind user, scope (freiwillig) und text, oder action, je in begrenzter Länge.',
    notMultipart: 'POST /api/messages nimmt multipart/form-data.',
    notJson: 'POST /api/actions nimmt application/json.',
  },
  ui: {
    title: 'facefinder',
    tagline: 'Findet Menschen in Fotos, aber nur, wer zugestimmt hat.',
    local: 'Alles bleibt auf diesem Computer.',
  },
};
