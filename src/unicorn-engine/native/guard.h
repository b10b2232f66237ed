// Turns a fatal signal that the engine raises on this thread into a return value.
#pragma once
#include <csetjmp>

/// One guarded stretch of engine code. Lives on the stack of the caller.
struct Guard {
  sigjmp_buf back;
  volatile int signal;
};

/// The stretch that runs on this thread, or null. Set only around calls into the engine.
extern __thread Guard *armed_guard __attribute__((tls_model("initial-exec")));

/// Installs the process's handlers (once; others that were there keep their signals outside the engine)
/// and this thread's alternate stack. Call before arming on a thread.
void prepare_guard();

/// Runs `body`; returns 0, or the fatal signal that ended it. After a signal the engine must not be used
/// again: its state and its locks are whatever they were.
template <typename Body> inline int guarded(Body body) {
  Guard guard;
  guard.signal = 0;
  Guard *const outer = armed_guard;
  // The mask is not saved: the handlers block nothing (SA_NODEFER, empty mask), and saving it is a system call.
  if (sigsetjmp(guard.back, 0) != 0) {
    armed_guard = outer;
    return guard.signal;
  }
  armed_guard = &guard;
  __asm__ volatile("" ::: "memory");
  body();
  __asm__ volatile("" ::: "memory");
  armed_guard = outer;
  return 0;
}
