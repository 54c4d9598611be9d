import type { LiveView } from '../../../src/admin/live/view.js';
import { poolAnd } from './pool-and.js';

/** Where a prompt passes: the one source, what was decided, or where it ended. */
export interface FlowNode {
  readonly id: string;
  readonly kind: 'source' | 'cache' | 'decision' | 'model' | 'refused' | 'failed';
  readonly label: string;
  readonly count: number;
  readonly x: number;
  readonly y: number;
  readonly height: number;
  /** Where its label is centred. */
  readonly labelY: number;
}

export interface FlowLink {
  readonly id: string;
  /** Node that it leads to, by which it is coloured. */
  readonly to: FlowNode;
  readonly count: number;
  /** Its outline, as an SVG path. A stroke of this width would swell where the way is steep. */
  readonly ribbon: string;
  /** An SVG path along its middle. */
  readonly middle: string;
}

export interface FlowPicture {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
  readonly height: number;
}

export interface FlowSize {
  readonly width: number;
  /** Room for the labels right of the last column. */
  readonly labelWidth: number;
}

export const BAR = 10;
export const CACHE = 'cache';
/** What ended before a decision was taken. */
export const UNDECIDED = 'undecided';
/** All prompts together are as tall as this. */
const STREAM = 240;
/** A label of two lines. */
const SLOT = 34;
const GAP = 12;
const LEAST = 3;

type Flows = LiveView['flows'];

/** The way of one exchange through the picture: the links that it takes, in order. */
export function wayOf({ decision, target, model }: Omit<Flows[number], 'count'>): readonly string[] {
  if (target === 'cache') return [linkId('source', CACHE)];
  const middle = decisionId(decision);
  const end = target === 'model' ? `model:${model}` : target;
  return [linkId('source', middle), linkId(middle, end)];
}

/** Lays the flows of an hour out in three columns. */
export function layFlow(flows: Flows, pool: readonly string[], { width, labelWidth }: FlowSize): FlowPicture {
  const { middle, end } = columnsOf(flows, pool);
  const total = flows.reduce((sum, flow) => sum + flow.count, 0);
  const scale = total === 0 ? 0 : STREAM / total;
  const source: readonly Count[] = [{ id: 'source', kind: 'source', label: 'Prompts', count: total }];
  const height = Math.max(...[source, middle, end].map((column) => heightOf(column, scale)));
  const place = (column: readonly Count[], x: number) => stack(column, { x, height, scale });
  const nodes = [
    ...place(source, 0),
    ...place(middle, middleOf({ width, labelWidth })),
    ...place(end, width - labelWidth - BAR),
  ];
  return { nodes, links: linksOf(flows, nodes, scale), height };
}

/** Where the column of decisions stands. */
export function middleOf({ width, labelWidth }: FlowSize): number {
  return Math.round((width - labelWidth) * 0.4);
}

type Count = Pick<FlowNode, 'id' | 'kind' | 'label' | 'count'>;

function columnsOf(
  flows: Flows,
  pool: readonly string[],
): { middle: readonly Count[]; end: readonly Count[] } {
  const sum = (wanted: (flow: Flows[number]) => boolean): number =>
    flows.filter(wanted).reduce((all, flow) => all + flow.count, 0);
  const decisions = [
    ...new Set(flows.filter(({ target }) => target !== 'cache').map(({ decision }) => decision)),
  ];
  const decided = decisions
    .map((decision): Count => {
      const own = sum((flow) => flow.decision === decision && flow.target !== 'cache');
      return { id: decisionId(decision), kind: 'decision', label: decision || UNDECIDED, count: own };
    })
    .toSorted((one, other) => other.count - one.count);
  const cached: Count = {
    id: CACHE,
    kind: 'cache',
    label: 'Cache',
    count: sum(({ target }) => target === 'cache'),
  };
  const used = flows.filter(({ target }) => target === 'model').map(({ model }) => model);
  const models = poolAnd(pool, used).map((name): Count => {
    const own = sum((flow) => flow.target === 'model' && flow.model === name);
    return { id: `model:${name}`, kind: 'model', label: name, count: own };
  });
  const ends = (['refused', 'failed'] as const).map((target): Count => {
    return { id: target, kind: target, label: target, count: sum((flow) => flow.target === target) };
  });
  return { middle: [cached, ...decided], end: [...models, ...ends.filter(({ count }) => count > 0)] };
}

/** Every node gets a slot in which its label fits, and a taller one where more pass. */
function stack(
  column: readonly Count[],
  { x, height: room, scale }: { readonly x: number; readonly height: number; readonly scale: number },
): readonly FlowNode[] {
  let y = (room - heightOf(column, scale)) / 2;
  return column.map((node) => {
    const height = barOf(node, scale);
    const labelY = y + slotOf(node, scale) / 2;
    y += slotOf(node, scale) + GAP;
    return { ...node, x, y: labelY - height / 2, height, labelY };
  });
}

function heightOf(column: readonly Count[], scale: number): number {
  return column.reduce((sum, node) => sum + slotOf(node, scale), 0) + GAP * (column.length - 1);
}

function slotOf(node: Count, scale: number): number {
  return Math.max(barOf(node, scale), SLOT);
}

function barOf({ count }: Count, scale: number): number {
  return count === 0 ? 0 : Math.max(LEAST, count * scale);
}

function linksOf(flows: Flows, nodes: readonly FlowNode[], scale: number): readonly FlowLink[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const counts = new Map<string, { from: FlowNode; to: FlowNode; count: number }>();
  for (const flow of flows) {
    for (const id of wayOf(flow)) {
      const [from, to] = endsOf(id).map((end) => byId.get(end));
      if (from === undefined || to === undefined) continue;
      const link = counts.get(id) ?? { from, to, count: 0 };
      link.count += flow.count;
      counts.set(id, link);
    }
  }
  // Links leave and arrive in the order of the nodes at their other end, so that none crosses another needlessly.
  const inOrder = [...counts].toSorted(
    ([, one], [, other]) => one.from.y - other.from.y || one.to.y - other.to.y,
  );
  const left = new Map<string, number>();
  const arrived = new Map<string, number>();
  const take = (taken: Map<string, number>, node: FlowNode, width: number): number => {
    const before = taken.get(node.id) ?? 0;
    taken.set(node.id, before + width);
    return node.y + before + width / 2;
  };
  return inOrder.map(([id, { from, to, count }]) => {
    const width = Math.max(1.5, count * scale);
    const [x1, y1] = [from.x + BAR, take(left, from, width)];
    const [x2, y2] = [to.x, take(arrived, to, width)];
    const half = width / 2;
    const bend = (x1 + x2) / 2;
    const curve = (offset: number) =>
      `${x1} ${y1 + offset}C${bend} ${y1 + offset} ${bend} ${y2 + offset} ${x2} ${y2 + offset}`;
    const back = `${x2} ${y2 + half}C${bend} ${y2 + half} ${bend} ${y1 + half} ${x1} ${y1 + half}`;
    return { id, to, count, ribbon: `M${curve(-half)}L${back}Z`, middle: `M${curve(0)}` };
  });
}

function decisionId(decision: string): string {
  return `decision:${decision}`;
}

function linkId(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

function endsOf(id: string): readonly string[] {
  return JSON.parse(id) as string[];
}
