/**
 * The digits 0 to 9, five dots wide and seven high. Each string is a row of dots. With these, the
 * numbers of faces are drawn without a font.
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

/** The dots of a number, counted in dots from its top left corner. Digits are one dot apart. */
export function dotsOf(number: number): [x: number, y: number][] {
  return [...String(number)].flatMap((digit, place) =>
    (GLYPHS[Number(digit)] ?? []).flatMap((row, y) =>
      [...row].flatMap((dot, x): [number, number][] => (dot === '#' ? [[place * (GLYPH_WIDTH + 1) + x, y]] : [])),
    ),
  );
}
