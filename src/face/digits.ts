/**
 * Digits 0 to 9, five dots wide and seven high, a row per string. They number faces without a font.
 */
const GLYPHS: readonly (readonly string[])[] = [
  [' ### ', '#   #', '#  ##', '# # #', '##  #', '#   #', ' ### '],
  ['  #  ', ' ##  ', '  #  ', '  #  ', '  #  ', '  #  ', ' ### '],
  [' ### ', '#   #', '    #', '   # ', '  #  ', ' #   ', '#####'],
  ['#####', '   # ', '  #  ', '   # ', '    #', '#   #', ' ### '],
  ['   # ', '  ## ', ' # # ', '#  # ', '#####', '   # ', '   # '],
  ['#####', '#    ', '#### ', '    #', '    #', '#   #', ' ### '],
  ['  ## ', ' #   ', '#    ', '#### ', '#   #', '#   #', ' ### '],
  ['#####', '    #', '   # ', '  #  ', ' #   ', ' #   ', ' #   '],
  [' ### ', '#   #', '#   #', ' ### ', '#   #', '#   #', ' ### '],
  [' ### ', '#   #', '#   #', ' ####', '    #', '   # ', ' ##  '],
];

export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 7;

/**
 * Where a number's dots are, in glyph pixels from its top left corner. Digits are one pixel apart.
 */
export function dotsOf(number: number): [x: number, y: number][] {
  return [...String(number)].flatMap((digit, place) =>
    (GLYPHS[Number(digit)] ?? []).flatMap((row, y) =>
      [...row].flatMap((dot, x): [number, number][] => (dot === '#' ? [[place * (GLYPH_WIDTH + 1) + x, y]] : [])),
    ),
  );
}
