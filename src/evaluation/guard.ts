import { rocAuc, wilsonInterval } from '../learn/metrics.js';
import type { JsonObject } from '../lib/json.js';
import { guardVerdict } from '../signals/guard.js';
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

export const GUARD_ROLES = ['user', 'tool', 'document'] as const;
export type GuardRole = (typeof GUARD_ROLES)[number];

export interface GuardRow {
  readonly text: string;
  readonly role: GuardRole;
  readonly attack: boolean;
}

const BENIGN = ['benign', 'harmless', 'safe'];
const ATTACK = ['attack', 'jailbreak', 'injection', 'malicious', 'unsafe'];

/**
 * Reads rows with `text` or `question`, `label`, and perhaps `role`: `user` where it is left out.
 * @throws DataError with file and line where a row is wrong
 */
export async function readGuardRows(path: string): Promise<readonly GuardRow[]> {
  const file = await readJsonLines(path);
  return file.rows.map((row) => ({
    text: textField(file, row, ['text', 'question']),
    role: roleOf(file, row),
    attack: isAttack(file, row),
  }));
}

function roleOf(file: DataFile, row: DataRow): GuardRole {
  if (row.fields['role'] === undefined || row.fields['role'] === null) return 'user';
  const said = textField(file, row, ['role']);
  const role = GUARD_ROLES.find((each) => each === said);
  if (role !== undefined) return role;
  throw new DataError(`${file.path}:${row.line}: "role" must be ${GUARD_ROLES.join(', ')}, or left out`);
}

function isAttack(file: DataFile, row: DataRow): boolean {
  const label = textField(file, row, ['label']).trim().toLowerCase();
  if (ATTACK.includes(label)) return true;
  if (BENIGN.includes(label)) return false;
  throw new DataError(`${file.path}:${row.line}: "label" must be attack or benign`);
}

/** What the guard made of one row. */
export interface GuardedRow {
  readonly attack: boolean;
  readonly role: GuardRole;
  readonly flagged: boolean;
  /** 0 to 1, 0.5 being the threshold; see `GuardVerdict`. */
  readonly score: number;
  /** Whether text was left unread, so that serving would not have called it harmless. */
  readonly partly: boolean;
}

/** Judges each row as a guard signal without thresholds of its own does. @throws DataError when the model has no heads */
export async function evaluateGuard(rows: readonly GuardRow[], tools: EvaluationTools): Promise<Evaluation> {
  const specs = headsOf(tools.encoder);
  const startMs = tools.clock.monotonicMs();
  const spoken = rows.map(({ text, role, attack }) => {
    return { text, role: role === 'user' ? ('user' as const) : ('tool' as const), as: role, attack };
  });
  const judged = await readRows(spoken, tools, (whole, passages, row): GuardedRow => {
    const { attack, score, unreadChars } = guardVerdict(whole, passages, specs);
    return { attack: row.attack, role: row.as, flagged: attack, score, partly: unreadChars > 0 };
  });
  const msPerRow = (tools.clock.monotonicMs() - startMs) / rows.length;
  const found = countsOf(judged);
  const figures = [
    share('recall', found.recall, { n: found.attacks, interval: intervalOf(found.caught, found.attacks) }),
    share('fpr', found.fpr, { n: found.harmless, interval: intervalOf(found.flagged, found.harmless) }),
    share('AUC', found.auc, { n: rows.length }),
    milliseconds('ms per row', msPerRow, rows.length),
  ];
  const partly = judged.filter((each) => each.partly).length;
  return {
    json: {
      n: rows.length,
      ...jsonOf(found),
      by_role: byRole(judged),
      unread_rows: partly,
      ms_per_row: rounded(msPerRow),
      ci: intervalsOf(figures),
    },
    figures,
    notes:
      partly === 0
        ? []
        : [`${partly} rows were not read whole: serving would refuse those that are not flagged`],
  };
}

interface GuardCounts {
  readonly attacks: number;
  readonly caught: number;
  readonly harmless: number;
  readonly flagged: number;
  /** Null without attacks; `fpr` without harmless rows, and `auc` without either. */
  readonly recall: number | null;
  readonly fpr: number | null;
  readonly auc: number | null;
}

function countsOf(judged: readonly GuardedRow[]): GuardCounts {
  const attacks = judged.filter(({ attack }) => attack);
  const harmless = judged.filter(({ attack }) => !attack);
  const caught = attacks.filter(({ flagged }) => flagged).length;
  const flagged = harmless.filter((each) => each.flagged).length;
  return {
    attacks: attacks.length,
    caught,
    harmless: harmless.length,
    flagged,
    recall: attacks.length === 0 ? null : caught / attacks.length,
    fpr: harmless.length === 0 ? null : flagged / harmless.length,
    auc: rocAuc(
      judged.map(({ score }) => score),
      judged.map(({ attack }) => attack),
    ),
  };
}

function jsonOf({ recall, fpr, auc }: GuardCounts): JsonObject {
  return { recall: rounded(recall), fpr: rounded(fpr), auc: rounded(auc) };
}

function byRole(judged: readonly GuardedRow[]): JsonObject {
  const roles = GUARD_ROLES.map((role) => [role, judged.filter((each) => each.role === role)] as const);
  const present = roles.filter(([, rows]) => rows.length > 0);
  return Object.fromEntries(
    present.map(([role, rows]) => [role, { n: rows.length, ...jsonOf(countsOf(rows)) }]),
  );
}

function intervalOf(hits: number, count: number) {
  return count === 0 ? null : wilsonInterval(hits, count);
}
