/** "1 byte", "2 bytes"; `many` where the plural is no mere s. */
export const counted = (count: number, noun: string, many = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : many}`;
