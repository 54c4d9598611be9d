/** Draws the curve of `sextant eval cache --curve` as SVG: node cache-curve.js CURVE.csv OUT.svg */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const WIDTH = 720;
const HEIGHT = 440;
const FRAME = { left: 64, right: 24, top: 24, bottom: 56 };
/** Left to right: share of the rewordings that hit. Bottom to top: share of the hits that are right. */
const RIGHT_FROM = 0.4;

interface Point {
  readonly policy: string;
  readonly recall: number;
  readonly precision: number;
}

/** What each policy is called in the picture, and how its line looks on light and on dark ground. */
const LINES = [
  { policy: 'plain', label: 'one threshold', light: '#b45309', dark: '#fbbf24', dash: '2 4' },
  { policy: 'guards', label: 'threshold and checks', light: '#1d4ed8', dark: '#93c5fd', dash: '8 4' },
  { policy: 'shipped', label: 'as shipped, by threshold', light: '#047857', dark: '#6ee7b7', dash: 'none' },
  {
    policy: 'judge',
    label: "as shipped, by the judge's certainty",
    light: '#be185d',
    dark: '#f9a8d4',
    dash: 'none',
  },
] as const;

const [input, output] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error('usage: node cache-curve.js CURVE.csv OUT.svg');
  process.exitCode = 2;
} else {
  mkdirSync(dirname(output), { recursive: true });
  writeFileSync(output, pictureOf(readPoints(input)));
  console.log(`wrote ${output}`);
}

function readPoints(path: string): readonly Point[] {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  return lines.flatMap((line) => {
    const [policy = '', , precision = '', recall = ''] = line.split(',');
    return precision === '' || recall === ''
      ? []
      : [{ policy, precision: Number(precision), recall: Number(recall) }];
  });
}

function pictureOf(points: readonly Point[]): string {
  // Without a judge the shipped policy is the checks, and its line would hide theirs.
  const judged = points.some(({ policy }) => policy === 'judge');
  const lines = LINES.filter(({ policy }) => judged || policy !== 'shipped').filter(({ policy }) =>
    points.some((point) => point.policy === policy),
  );
  const drawn = lines.map(({ policy }) => lineOf(policy, points));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img">
<title>Precision of the semantic cache against the share of rewordings that hit</title>
<style>
  text { fill: #1f2937 } .grid { stroke: #d1d5db } .line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
${lines.map(({ policy, light, dash }) => `  .${policy} { stroke: ${light}; stroke-dasharray: ${dash} }`).join('\n')}
  @media (prefers-color-scheme: dark) {
    text { fill: #e5e7eb } .grid { stroke: #4b5563 }
${lines.map(({ policy, dark }) => `    .${policy} { stroke: ${dark} }`).join('\n')}
  }
</style>
${grid()}
${drawn.join('\n')}
${lines.map(({ policy, label }, index) => legendOf(policy, label, index)).join('\n')}
</svg>
`;
}

function lineOf(policy: string, points: readonly Point[]): string {
  const some = points
    .filter((point) => point.policy === policy && point.precision >= RIGHT_FROM)
    .toSorted((one, other) => one.recall - other.recall);
  return `<polyline class="line ${policy}" points="${some.map(({ recall, precision }) => `${x(recall)},${y(precision)}`).join(' ')}"/>`;
}

function grid(): string {
  const shares = [0, 0.2, 0.4, 0.6, 0.8, 1];
  const bottom = HEIGHT - FRAME.bottom;
  const columns = shares.map(
    (share) =>
      `<line class="grid" x1="${x(share)}" x2="${x(share)}" y1="${FRAME.top}" y2="${bottom}"/><text x="${x(share)}" y="${bottom + 20}" text-anchor="middle">${percent(share)}</text>`,
  );
  const rows = shares
    .filter((share) => share >= RIGHT_FROM)
    .map(
      (share) =>
        `<line class="grid" x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${y(share)}" y2="${y(share)}"/><text x="${FRAME.left - 8}" y="${y(share) + 4}" text-anchor="end">${percent(share)}</text>`,
    );
  const middle = (FRAME.top + bottom) / 2;
  return [
    ...columns,
    ...rows,
    `<text x="${WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle">rewordings that hit</text>`,
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">hits that are right</text>`,
  ].join('\n');
}

function legendOf(policy: string, label: string, index: number): string {
  const top = HEIGHT - FRAME.bottom - 20 * (index + 1);
  const left = FRAME.left + 16;
  return `<line class="line ${policy}" x1="${left}" x2="${left + 32}" y1="${top}" y2="${top}"/><text x="${left + 40}" y="${top + 4}">${label}</text>`;
}

function x(share: number): number {
  return round(FRAME.left + share * (WIDTH - FRAME.left - FRAME.right));
}

function y(share: number): number {
  const height = HEIGHT - FRAME.top - FRAME.bottom;
  return round(FRAME.top + ((1 - share) / (1 - RIGHT_FROM)) * height);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function round(value: number): number {
  return Number(value.toFixed(1));
}
