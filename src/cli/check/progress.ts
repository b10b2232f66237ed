/** A bar on standard error, for what takes longer than a second; nothing where that is no terminal. */
export const createProgress = (stream: NodeJS.WriteStream = process.stderr) => {
  const started = performance.now();
  const state = { shown: false, last: 0 };
  const WIDTH = 30;
  return {
    update(done: number, of: number): void {
      const now = performance.now();
      if (!stream.isTTY || now - started < 1000 || (now - state.last < 100 && done < of)) return;
      state.last = now;
      state.shown = true;
      const filled = of === 0 ? WIDTH : Math.round((done / of) * WIDTH);
      stream.write(`\r[${"#".repeat(filled).padEnd(WIDTH)}] ${done}/${of}`);
    },
    end(): void {
      if (state.shown) stream.write("\r\x1b[K");
    },
  };
};
