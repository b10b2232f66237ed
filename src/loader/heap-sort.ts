/**
 * sort() of lib/sort.c over `count` elements known by index: the same bottom-up heapsort, because
 * tables with equal keys come out of the kernel in the order it leaves them, and guests can see it.
 */
export const heapSort = (
  count: number,
  compare: (a: number, b: number) => number,
  swap: (a: number, b: number) => void,
): void => {
  const parent = (index: number): number => (index - 1) >> 1;
  let end = count;
  let start = count >> 1;
  if (start === 0) return;
  for (;;) {
    if (start > 0) start -= 1;
    else {
      end -= 1;
      if (end === 0) return;
      swap(0, end);
    }
    // Down to a leaf by one comparison a level, then back up to where the element belongs.
    let at = start;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      if (right < end) at = compare(left, right) >= 0 ? left : right;
      else {
        if (right === end) at = left;
        break;
      }
    }
    while (at !== start && compare(start, at) >= 0) at = parent(at);
    const place = at;
    while (at !== start) {
      at = parent(at);
      swap(at, place);
    }
  }
};
