import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { LiveMinute, LiveView } from '../../../src/admin/live/view.js';
import { colourOf, modelColour } from '../colours.js';
import { ms } from '../format.js';
import { useWidth } from '../parts/use-width.js';
import { useColourChange } from '../theme.js';
import { poolAnd } from './pool-and.js';

const HEIGHT = 180;
/** Half of what a bar stands for: the first and the last one need room. */
const HALF_MINUTE_S = 30;

export function Charts({ view }: { view: LiveView }) {
  const { minutes, pool } = view;
  const parts = useMemo(() => partsOf(minutes, pool), [minutes, pool]);
  const spans = [
    { label: 'p50', className: 'c-m0', values: minutes.map(({ overhead_ms: { p50 } }) => p50) },
    { label: 'p95', className: 'c-m1', values: minutes.map(({ overhead_ms: { p95 } }) => p95) },
  ];
  return (
    <div class="pair">
      <section class="card" aria-labelledby="per-minute">
        <h2 id="per-minute">Prompts per minute</h2>
        <Legend parts={parts} />
        <Chart minutes={minutes} parts={parts} kind="stacked" write={(value) => value.toFixed(0)} />
      </section>
      <section class="card" aria-labelledby="own-time">
        <h2 id="own-time">Sextant's own time</h2>
        <Legend parts={spans} />
        <Chart minutes={minutes} parts={spans} kind="lines" write={ms} />
      </section>
    </div>
  );
}

interface Part {
  readonly label: string;
  readonly className: string;
  readonly values: readonly (number | null)[];
}

function partsOf(minutes: readonly LiveMinute[], pool: readonly string[]): readonly Part[] {
  const names = poolAnd(
    pool,
    minutes.flatMap(({ models }) => Object.keys(models)),
  );
  const parts: readonly Part[] = [
    {
      label: 'cache',
      className: 'c-cache',
      values: minutes.map((each) => each.hits_exact + each.hits_semantic),
    },
    ...names.map((name) => ({
      label: name,
      className: modelColour(name, pool),
      values: minutes.map(({ models }) => models[name] ?? 0),
    })),
    { label: 'refused', className: 'c-refused', values: minutes.map(({ refused }) => refused) },
    { label: 'failed', className: 'c-failed', values: minutes.map(({ failed }) => failed) },
  ];
  return parts.filter(({ values }) => values.some((value) => (value ?? 0) > 0));
}

function Legend({ parts }: { parts: readonly Part[] }) {
  return (
    <ul class="legend">
      {parts.map(({ label, className }) => (
        <li key={label}>
          <span class={`dot ${className}`} aria-hidden="true" /> {label}
        </li>
      ))}
    </ul>
  );
}

interface ChartProps {
  readonly minutes: readonly LiveMinute[];
  readonly parts: readonly Part[];
  readonly kind: 'stacked' | 'lines';
  readonly write: (value: number) => string;
}

function Chart({ minutes, parts, kind, write }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const plot = useRef<uPlot>(undefined);
  const colours = useColourChange();
  const shape = JSON.stringify([kind, parts.map(({ label, className }) => [label, className]), colours]);
  const data = useMemo(() => dataOf(minutes, parts, kind), [minutes, parts, kind]);
  // `shape` stands for the parts: new figures alone are drawn into the plot that is there.
  useEffect(() => {
    if (box.current === null || width === 0) return;
    const made = new uPlot(optionsOf({ parts, kind, write, width }), data, box.current);
    plot.current = made;
    return () => made.destroy();
  }, [shape, width]);
  useEffect(() => plot.current?.setData(data), [data]);
  return <div ref={box} class="plot" />;
}

/** Stacked figures are drawn from the sum of all downwards, so that each covers the ones beneath. */
function dataOf(
  minutes: readonly LiveMinute[],
  parts: readonly Part[],
  kind: ChartProps['kind'],
): uPlot.AlignedData {
  const at = minutes.map((minute) => Date.parse(minute.at) / 1000);
  if (kind === 'lines') return [at, ...parts.map(({ values }) => [...values])];
  const sums = parts.map((_, last) => at.map((__, minute) => sumAt(parts.slice(0, last + 1), minute)));
  return [at, ...sums.toReversed()];
}

function sumAt(parts: readonly Part[], minute: number): number {
  return parts.reduce((sum, { values }) => sum + (values[minute] ?? 0), 0);
}

function optionsOf({
  parts,
  kind,
  write,
  width,
}: Omit<ChartProps, 'minutes'> & { width: number }): uPlot.Options {
  const axis = { stroke: colourOf('c-soft'), font: '12px system-ui, sans-serif', ticks: { show: false } };
  const grid = { stroke: colourOf('c-line'), width: 1 };
  const bars = uPlot.paths.bars?.({ size: [0.72, 12], gap: 1 });
  const series = (kind === 'stacked' ? parts.toReversed() : parts).map(
    ({ label, className }): uPlot.Series => {
      const colour = colourOf(className);
      return kind === 'stacked'
        ? {
            label,
            fill: colour,
            width: 0,
            points: { show: false },
            ...(bars === undefined ? {} : { paths: bars }),
          }
        : { label, stroke: colour, width: 2, spanGaps: true, points: { show: true, size: 5, fill: colour } };
    },
  );
  return {
    width,
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    series: [{}, ...series],
    scales: {
      x: { time: true, range: (_, first, last) => [first - HALF_MINUTE_S, last + HALF_MINUTE_S] },
      y: { range: (_, __, most) => [0, Math.max(1, (most ?? 0) * 1.1)] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 28, values: (_, splits) => splits.map(timeOf) },
      { ...axis, grid, size: 56, values: (_, splits) => splits.map(write) },
    ],
  };
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
