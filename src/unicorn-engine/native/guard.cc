#include "guard.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <pthread.h>
#include <sys/mman.h>

__thread Guard *armed_guard __attribute__((tls_model("initial-exec"))) = nullptr;

namespace {

constexpr int SIGNALS[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr size_t STACK_SIZE = 64 * 1024;

// Handlers belong to the process, so what was there before belongs here too.
std::mutex installing;
struct sigaction previous[NSIG];

void pass_on(int signal, siginfo_t *info, void *context) {
  const struct sigaction &old = previous[signal];
  if (old.sa_flags & SA_SIGINFO) {
    if (old.sa_sigaction != nullptr) return old.sa_sigaction(signal, info, context);
  } else if (old.sa_handler == SIG_IGN && info->si_code <= 0) {
    return;
  } else if (old.sa_handler != SIG_DFL && old.sa_handler != SIG_IGN) {
    return old.sa_handler(signal);
  }
  // The default action: a fault comes again on return, a sent signal must be sent again.
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  sigaction(signal, &standard, nullptr);
  if (info->si_code <= 0 || signal == SIGABRT) raise(signal);
}

void on_signal(int signal, siginfo_t *info, void *context) {
  Guard *guard = armed_guard;
  if (guard == nullptr) return pass_on(signal, info, context);
  armed_guard = nullptr;
  guard->signal = signal;
  siglongjmp(guard->back, 1);
}

void install_handlers() {
  std::lock_guard<std::mutex> lock(installing);
  for (int signal : SIGNALS) {
    struct sigaction current;
    if (sigaction(signal, nullptr, &current) != 0) continue;
    if ((current.sa_flags & SA_SIGINFO) && current.sa_sigaction == on_signal) continue;
    previous[signal] = current;
    struct sigaction ours = {};
    ours.sa_sigaction = on_signal;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    sigemptyset(&ours.sa_mask);
    sigaction(signal, &ours, nullptr);
  }
}

/// The engine may overflow the thread's stack, so its handler needs another one.
struct AlternateStack {
  void *memory = nullptr;
  AlternateStack() {
    stack_t current;
    if (sigaltstack(nullptr, &current) == 0 && !(current.ss_flags & SS_DISABLE)) return;
    memory = mmap(nullptr, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
      memory = nullptr;
      return;
    }
    stack_t stack = {};
    stack.ss_sp = memory;
    stack.ss_size = STACK_SIZE;
    sigaltstack(&stack, nullptr);
  }
  ~AlternateStack() {
    if (memory == nullptr) return;
    stack_t off = {};
    off.ss_flags = SS_DISABLE;
    sigaltstack(&off, nullptr);
    munmap(memory, STACK_SIZE);
  }
};

}  // namespace

void prepare_guard() {
  install_handlers();
  static thread_local AlternateStack stack;
  (void)stack;
}
