/**
 * The known name that somebody most likely meant, or undefined when none is near: at most one edit for each three
 * characters, and at least one for short words.
 */
export function closestName(written: string, known: readonly string[]): string | undefined {
  if (written.length > 100) return undefined;
  const plain = written.toLowerCase().replaceAll('-', '_');
  const allowed = Math.max(1, Math.floor(written.length / 3));
  let best: string | undefined;
  let bestEdits = allowed + 1;
  for (const name of known) {
    const edits = editDistance(plain, name.toLowerCase().replaceAll('-', '_'));
    if (edits < bestEdits) {
      best = name;
      bestEdits = edits;
    }
  }
  return best;
}

/** The end of a message about an unknown name: what was likely meant, else what there is. */
export function suggestion(written: string, known: readonly string[]): string {
  const closest = closestName(written, known);
  if (closest !== undefined) return `did you mean "${closest}"?`;
  if (known.length === 0) return 'there is none to choose from';
  const distinct = [...new Set(known)];
  const shown = distinct.slice(0, 12).join(', ');
  return distinct.length > 12 ? `choose one of ${shown}, …` : `choose one of ${shown}`;
}

/** Optimal string alignment: two neighbours that changed places are one edit, since that is how people mistype. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) edits = Math.min(edits, (beforeLast[column - 2] ?? 0) + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
