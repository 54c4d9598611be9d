import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { FeedItem } from '../../../src/admin/live/feed.js';
import type { LiveView } from '../../../src/admin/live/view.js';
import { modelColour } from '../colours.js';
import { count, percent } from '../format.js';
import { useWidth } from '../parts/use-width.js';
import { BAR, type FlowNode, layFlow, middleOf, UNDECIDED, wayOf } from './flow-layout.js';

const NARROW = 620;
/** Room for the heads of the columns. */
const HEAD = 30;

/** From prompt to model: how many went which way in the last hour, and those that pass at this moment. */
export function FlowPicture({ view, fresh }: { view: LiveView; fresh: readonly FeedItem[] }) {
  const box = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(box);
  const { flows, pool } = view;
  const labelWidth = width < NARROW ? 108 : 170;
  const picture = useMemo(
    () => layFlow(flows, pool, { width, labelWidth }),
    [flows, pool, width, labelWidth],
  );
  useEffect(() => {
    if (svg.current !== null)
      for (const [at, item] of fresh.slice(-PULSES_MAX).entries()) pulse(svg.current, item, at);
  }, [fresh]);
  const total = view.totals.requests;
  const colour = ({ kind, label }: FlowNode) => (kind === 'model' ? modelColour(label, pool) : `c-${kind}`);
  return (
    <section class="card flow" aria-labelledby="flow-title">
      <h2 id="flow-title">From prompt to model</h2>
      <div ref={box}>
        {width > 0 && (
          <svg
            ref={svg}
            width={width}
            height={picture.height + HEAD}
            viewBox={`0 ${-HEAD} ${width} ${picture.height + HEAD}`}
            role="img"
            aria-label={inWords(view)}
          >
            <g class="heads">
              {[
                [`asked: ${count(total)}`, 0],
                ['decided', middleOf({ width, labelWidth })],
                ['answered by', width - labelWidth - BAR],
              ].map(([text, x]) => (
                <text key={text} x={x} y={12 - HEAD}>
                  {text}
                </text>
              ))}
            </g>
            <g class="links">
              {picture.links.map((link) => (
                <path
                  key={link.id}
                  data-link={link.id}
                  data-middle={link.middle}
                  d={link.ribbon}
                  class={colour(link.to)}
                >
                  <title>
                    {link.to.label}: {count(link.count)}
                  </title>
                </path>
              ))}
            </g>
            <g class="pulses" />
            {picture.nodes.map((node) => (
              <g key={node.id} class={node.count === 0 ? 'node idle' : 'node'}>
                <rect x={node.x} y={node.y} width={BAR} height={node.height} rx={3} class={colour(node)} />
                {node.kind !== 'source' && <Label node={node} total={total} isNarrow={width < NARROW} />}
              </g>
            ))}
          </svg>
        )}
      </div>
    </section>
  );
}

const CHARS = { narrow: 13, wide: 24 };

function Label({ node, total, isNarrow }: { node: FlowNode; total: number; isNarrow: boolean }) {
  const x = node.x + BAR + 8;
  const share = total === 0 ? '' : ` · ${percent(node.count / total)}`;
  const most = isNarrow ? CHARS.narrow : CHARS.wide;
  const label = node.label.length > most ? `${node.label.slice(0, most - 1)}…` : node.label;
  return (
    <text class={node.kind === 'decision' || node.kind === 'cache' ? 'inside' : undefined}>
      <title>{node.label}</title>
      <tspan x={x} y={node.labelY - 3} class="name">
        {label}
      </tspan>
      <tspan x={x} y={node.labelY + 13} class="many">
        {count(node.count)}
        {node.count === 0 ? '' : share}
      </tspan>
    </text>
  );
}

function inWords({ flows }: LiveView): string {
  const ways = flows.map(({ decision, target, model, count: many }) => {
    if (target === 'cache') return `${many} answered from the cache`;
    return `${many} by ${decision || UNDECIDED} to ${target === 'model' ? model : target}`;
  });
  return ways.length === 0 ? 'No prompts yet.' : `${ways.join('; ')}.`;
}

const PULSES_MAX = 24;
const LEG_MS = 700;
const APART_MS = 40;
const SVG = 'http://www.w3.org/2000/svg';

/** A dot runs along the way of one exchange. It is decoration: who wants less motion gets none. */
function pulse(svg: SVGSVGElement, item: FeedItem, place: number): void {
  if (document.hidden || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const layer = svg.querySelector('.pulses');
  for (const [leg, id] of wayOf(item).entries()) {
    const link = svg.querySelector<SVGPathElement>(`[data-link='${CSS.escape(id)}']`);
    const path = link?.dataset['middle'];
    if (layer === null || link === null || path === undefined) return;
    const dot = document.createElementNS(SVG, 'circle');
    dot.setAttribute('r', '4');
    dot.setAttribute('class', link.getAttribute('class') ?? '');
    dot.style.offsetPath = `path("${path}")`;
    layer.append(dot);
    const frames = [
      { offsetDistance: '0%', opacity: 0 },
      { offsetDistance: '8%', opacity: 1, offset: 0.08 },
      { offsetDistance: '92%', opacity: 1, offset: 0.92 },
      { offsetDistance: '100%', opacity: 0 },
    ];
    const timing = {
      duration: LEG_MS,
      delay: place * APART_MS + leg * LEG_MS,
      easing: 'linear',
      fill: 'both',
    } as const;
    void dot.animate(frames, timing).finished.finally(() => dot.remove());
  }
}
