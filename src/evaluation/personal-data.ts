import { type SpanRow, spanFigures, type TypedSpan } from '../learn/span-figures.js';
import { codePointOffsets } from '../lib/code-points.js';
import { isJsonObject, type Json, type JsonObject } from '../lib/json.js';
import { findPersonalData } from '../signals/pii/find.js';
import { canonicalType, TYPES } from '../signals/pii/types.js';
import { DataError } from './data-error.js';
import { type DataFile, type DataRow, readJsonLines, textField } from './data-file.js';
import {
  type Evaluation,
  type EvaluationTools,
  headsOf,
  intervalsOf,
  milliseconds,
  rounded,
  share,
} from './evaluation.js';
import { readRows } from './read-rows.js';
import { resampledInterval } from './resampled.js';

export interface PersonalDataRow {
  readonly text: string;
  /** Offsets in UTF-16 units; types under their canonical names where they have one. */
  readonly spans: readonly TypedSpan[];
}

/** What signals ask of a find where a policy says nothing else. */
const THRESHOLD = 0.5;
const STRUCTURED: ReadonlySet<string> = new Set(
  TYPES.filter((each) => each.structured).map(({ type }) => type),
);

/**
 * Reads rows with `text` and `spans`, a list of `type`, `start` and `end`, whose offsets count code points.
 * @throws DataError with file and line where a row is wrong
 */
export async function readPersonalDataRows(path: string): Promise<readonly PersonalDataRow[]> {
  const file = await readJsonLines(path);
  return file.rows.map((row) => personalDataRow(file, row));
}

export function personalDataRow(file: DataFile, row: DataRow): PersonalDataRow {
  const text = textField(file, row, ['text']);
  const spans = Object.hasOwn(row.fields, 'spans') ? row.fields['spans'] : undefined;
  const where = `${file.path}:${row.line}`;
  if (!Array.isArray(spans)) throw new DataError(`${where}: there is no list "spans"; it may be empty`);
  const offsets = codePointOffsets(text);
  return { text, spans: spans.map((span: Json) => spanOf(span, offsets, where)) };
}

function spanOf(span: Json, offsets: Uint32Array, where: string): TypedSpan {
  const { type, start, end } = isJsonObject(span) ? span : {};
  const isPlace = (place: unknown): place is number => typeof place === 'number' && Number.isInteger(place);
  if (typeof type !== 'string' || !isPlace(start) || !isPlace(end))
    throw new DataError(`${where}: a span needs a text "type" and whole numbers "start" and "end"`);
  const [from, to] = [offsets[start], offsets[end]];
  if (from === undefined || to === undefined || start >= end)
    throw new DataError(
      `${where}: span ${start} to ${end} is not within the text of ${offsets.length - 1} code points`,
    );
  return { type: canonicalType(type) ?? type.toUpperCase(), start: from, end: to };
}

/** Finds as a signal that asks for every type does. @throws DataError when the model has no heads */
export async function evaluatePersonalData(
  rows: readonly PersonalDataRow[],
  tools: EvaluationTools,
): Promise<Evaluation> {
  headsOf(tools.encoder);
  const startMs = tools.clock.monotonicMs();
  const spoken = rows.map((row) => ({ ...row, role: 'user' as const }));
  const read = await readRows(
    spoken,
    tools,
    (whole, _passages, row): SpanRow & { readonly partly: boolean } => {
      const spans = whole.windows.flatMap(({ heads }) => heads.spans);
      const found = findPersonalData(row.text, spans).filter(({ score }) => score >= THRESHOLD);
      return { wanted: row.spans, found, partly: whole.unread.length > 0 };
    },
  );
  const msPerRow = (tools.clock.monotonicMs() - startMs) / rows.length;
  const { exact, overlap } = spanFigures(read);
  const structured = spanFigures(read, STRUCTURED).exact;
  const n = exact.rows;
  // Rows are drawn, not spans: the spans of one text succeed and fail together.
  const structuredF1 = structured.rows === 0 ? null : structured.f1;
  const figures = [
    share('precision', exact.precision, {
      n,
      interval: resampledInterval(read, (part) => spanFigures(part).exact.precision),
    }),
    share('recall', exact.recall, {
      n,
      interval: resampledInterval(read, (part) => spanFigures(part).exact.recall),
    }),
    share('F1', exact.f1, { n, interval: resampledInterval(read, (part) => spanFigures(part).exact.f1) }),
    share('F1 overlap', overlap.f1, {
      n,
      interval: resampledInterval(read, (part) => spanFigures(part).overlap.f1),
    }),
    share('structured F1', structuredF1, {
      n: structured.rows,
      interval:
        structuredF1 === null
          ? null
          : resampledInterval(read, (part) => spanFigures(part, STRUCTURED).exact.f1),
    }),
    milliseconds('ms per row', msPerRow, rows.length),
  ];
  const partly = read.filter((each) => each.partly).length;
  return {
    json: {
      n: rows.length,
      spans: n,
      precision: rounded(exact.precision),
      recall: rounded(exact.recall),
      f1: rounded(exact.f1),
      f1_overlap: rounded(overlap.f1),
      structured_f1: rounded(structuredF1),
      by_type: byType(read),
      ms_per_row: rounded(msPerRow),
      ci: intervalsOf(figures),
    },
    figures,
    notes: partly === 0 ? [] : [`${partly} rows were not read whole`],
  };
}

function byType(rows: readonly SpanRow[]): JsonObject {
  const types = new Set(rows.flatMap(({ wanted, found }) => [...wanted, ...found].map(({ type }) => type)));
  return Object.fromEntries(
    [...types].sort().map((type) => {
      const { precision, recall, f1, rows: n } = spanFigures(rows, new Set([type])).exact;
      const found = rows.reduce((sum, row) => sum + row.found.filter((span) => span.type === type).length, 0);
      return [type, { n, found, precision: rounded(precision), recall: rounded(recall), f1: rounded(f1) }];
    }),
  );
}
