/** The page's own sentences, in English. `{n}` and other words in braces are filled in by the browser. */
export const page = {
  /** Why an HTTP call was not understood; programs read these. */
  refusals: {
    wrongHost: 'This page answers only to 127.0.0.1 and localhost, at its own port.',
    foreignOrigin: 'Another web page may not use this one. Open it directly.',
    notFound: 'There is nothing here (any more).',
    malformed:
      'This call was not understood: user, scope (optional) and text, or action, are needed, each of limited length.',
    notMultipart: 'POST /api/messages takes multipart/form-data.',
    notJson: 'POST /api/actions takes application/json.',
  },
  /** What the browser shows around the answers. */
  ui: {
    title: 'facefinder',
    tagline: 'Finds people in photos, but only those who said yes.',
    local: 'Everything stays on this computer.',
  },
};
