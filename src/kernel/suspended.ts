/** Tasks whose interrupt handler has gone to sleep: they sleep and wake with it. */
import type { Pause } from "./execution.ts";
import type { InterruptFrame, Task } from "./task.ts";

/** `handler` has paused, and so does the task that waits for it. */
export const sleepWith = (task: Task, handler: Task, pause: Pause): Pause => {
  if (pause !== "blocked") return pause;
  task.state = "blocked";
  task.waiting = handler.waiting;
  task.deadline = handler.deadline;
  return pause;
};

/** From now on the handler is the first thing that the task does. */
export const suspendWith = (task: Task, frame: InterruptFrame, pause: Pause): void => {
  task.frames.push(frame);
  frame.handler.interrupted = task.interrupted ?? task;
  sleepWith(task, frame.handler, pause);
};

/** A stub is done: what it kept with whoever waited for it is old. */
export const forget = (task: Task): void => {
  task.restart = undefined;
  if (task.interrupted !== undefined) task.interrupted.restart = undefined;
};
