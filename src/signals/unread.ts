import type { SignalValue, WholeReading } from './contract.js';

/** What to make of text that was left unread: refuse to judge, or judge by what was read. */
export type UnreadPolicy = 'refuse' | 'allow';

export const NOT_READ = 'the conversation was not read';

/** Characters that no window covers. */
export function unreadChars({ unread }: Pick<WholeReading, 'unread'>): number {
  let chars = 0;
  for (const { start, end } of unread) chars += end - start;
  return chars;
}

export function refusal(chars: number): SignalValue {
  return { state: 'unknown', reason: `${chars} characters were not read`, unreadChars: chars };
}

/** The end of a detail, where not all was read and the policy goes on all the same. */
export function unreadNote(chars: number): string {
  return chars === 0 ? '' : `; ${chars} characters were not read`;
}
