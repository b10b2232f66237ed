import type { Journal } from "./journal.ts";

/** Something that is to happen at a moment of virtual time. Plain data; `kind` says who handles it. */
export interface TimelineEntry {
  /** Nanoseconds since boot. */
  readonly time: number;
  /** Entries of one moment come in the order they were made. */
  readonly order: number;
  readonly kind: string;
  readonly key: number;
  cancelled: boolean;
}

export interface Timeline {
  schedule(time: number, kind: string, key: number): TimelineEntry;
  cancel(entry: TimelineEntry): void;
  /** Moment of the first entry. */
  next(): number | undefined;
  /** Removes and returns the first entry that is due at `now`. */
  takeDue(now: number): TimelineEntry | undefined;
  /** Whether something of that kind and key is to come. */
  expects(kind: string, key: number): boolean;
}

const before = (a: TimelineEntry, b: TimelineEntry): boolean =>
  a.time < b.time || (a.time === b.time && a.order < b.order);

/** A binary heap; cancelled entries stay until they reach the top. */
export const createTimeline = (journal: Journal): Timeline => {
  const heap: TimelineEntry[] = [];
  const state = { order: 0 };

  const siftUp = (start: number): void => {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const [child, above] = [heap[at], heap[parent]];
      if (child === undefined || above === undefined || !before(child, above)) return;
      heap[at] = above;
      heap[parent] = child;
      at = parent;
    }
  };
  const siftDown = (): void => {
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const [a, b] = [heap[child], heap[least]];
        if (a !== undefined && b !== undefined && before(a, b)) least = child;
      }
      const [top, small] = [heap[at], heap[least]];
      if (least === at || top === undefined || small === undefined) return;
      heap[at] = small;
      heap[least] = top;
      at = least;
    }
  };
  const pop = (): void => {
    journal.touch(heap);
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    siftDown();
  };
  const first = (): TimelineEntry | undefined => {
    while (heap[0]?.cancelled === true) pop();
    return heap[0];
  };

  return {
    schedule(time, kind, key) {
      const entry: TimelineEntry = { time, order: journal.touch(state).order++, kind, key, cancelled: false };
      journal.touch(heap).push(entry);
      siftUp(heap.length - 1);
      return entry;
    },
    cancel(entry) {
      journal.touch(entry).cancelled = true;
    },
    next: () => first()?.time,
    takeDue(now) {
      const entry = first();
      if (entry === undefined || entry.time > now) return undefined;
      pop();
      return entry;
    },
    expects: (kind, key) =>
      heap.some((entry) => entry.kind === kind && entry.key === key && !entry.cancelled),
  };
};
