import type { OperatingPoint } from './rates.ts';

const WIDTH = 640;
const HEIGHT = 420;
const LEFT = 64;
const BOTTOM = 48;
const TOP = 12;
const RIGHT = 28;

/** A DET curve as an SVG element: false-match rate to the right, false-non-match rate upwards, both by decades. */
export function detChart(points: readonly OperatingPoint[]): string {
  const shown = points.filter((point) => point.fnmr > 0);
  const x = axis(decades(shown.map((point) => point.fmr)), LEFT, WIDTH - RIGHT);
  const y = axis(decades(shown.map((point) => point.fnmr)), HEIGHT - BOTTOM, TOP);
  const line = shown.map((point) => `${x.at(point.fmr)},${y.at(point.fnmr)}`).join(' ');
  const vertical = x.ticks.map((rate) => {
    const at = x.at(rate);
    const label = `<text x="${at}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${rateLabel(rate)}</text>`;
    return `<line class="grid" x1="${at}" y1="${TOP}" x2="${at}" y2="${HEIGHT - BOTTOM}"/>${label}`;
  });
  const horizontal = y.ticks.map((rate) => {
    const at = y.at(rate);
    const label = `<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${rateLabel(rate)}</text>`;
    return `<line class="grid" x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}"/>${label}`;
  });
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="DET curve; the table below has its figures">
${[...vertical, ...horizontal].join('\n')}
<polyline class="curve" points="${line}"/>
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">false-match rate (strangers taken for one person)</text>
<text transform="translate(14 ${(HEIGHT - BOTTOM + TOP) / 2}) rotate(-90)" text-anchor="middle">false-non-match rate (one person missed)</text>
</svg>`;
}

/** The whole decades round `rates`: exponents of ten. */
function decades(rates: readonly number[]): { from: number; to: number } {
  const logs = rates.map((rate) => Math.log10(rate));
  const from = Math.floor(Math.min(...logs, -1));
  return { from, to: Math.max(from + 1, Math.ceil(Math.max(...logs, -1))) };
}

function axis({ from, to }: { from: number; to: number }, start: number, end: number) {
  return {
    ticks: Array.from({ length: to - from + 1 }, (_, step) => 10 ** (from + step)),
    at: (rate: number) => Math.round((start + ((Math.log10(rate) - from) / (to - from)) * (end - start)) * 10) / 10,
  };
}

/** 1e-5, and in words that need no exponent down to 0.1 %. */
function rateLabel(rate: number): string {
  return rate >= 0.00099 ? `${Number((rate * 100).toPrecision(1))} %` : rate.toExponential(0);
}
