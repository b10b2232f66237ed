/** What two lists of lines have in common, in order, and what only one has. */
export interface LineDiff {
  readonly matched: number;
  /** Lines of the recording that kobox did not print. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Longest common subsequence table; both lists are a few thousand lines at most. */
const commonLengths = (left: readonly string[], right: readonly string[]): Uint32Array[] => {
  const rows = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const row = rows[i];
    const below = rows[i + 1];
    if (row === undefined || below === undefined) continue;
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] = left[i] === right[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return rows;
};

/** Beyond this many lines each, only the equal beginning and end are matched. */
const MAX_LINES = 4000;

export const diffLines = (recorded: readonly string[], ours: readonly string[]): LineDiff => {
  let start = 0;
  while (start < recorded.length && start < ours.length && recorded[start] === ours[start]) start += 1;
  let tail = 0;
  const room = Math.min(recorded.length, ours.length) - start;
  while (tail < room && recorded[recorded.length - 1 - tail] === ours[ours.length - 1 - tail]) tail += 1;
  const left = recorded.slice(start, recorded.length - tail);
  const right = ours.slice(start, ours.length - tail);
  if (Math.max(left.length, right.length) > MAX_LINES) {
    return { matched: start + tail, missing: left, extra: right };
  }
  const rows = commonLengths(left, right);
  const missing: string[] = [];
  const extra: string[] = [];
  let matched = start + tail;
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    if (left[i] === right[j]) {
      matched += 1;
      i += 1;
      j += 1;
    } else if ((rows[i + 1]?.[j] ?? 0) >= (rows[i]?.[j + 1] ?? 0)) missing.push(left[i++] ?? "");
    else extra.push(right[j++] ?? "");
  }
  return { matched, missing: [...missing, ...left.slice(i)], extra: [...extra, ...right.slice(j)] };
};
