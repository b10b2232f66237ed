// One run of the guest, from registers to registers.
#include "engine.h"
#include "guard.h"

namespace {

/// A count that the host may have set to anything.
uint64_t count_of(double value) {
  if (!(value > 0)) return 0;
  return value >= 9e15 ? UINT64_MAX : uint64_t(value);
}

void begin(Engine *e, uint32_t flags) {
  Shared *s = e->shared;
  if (flags & RESUME_ALL) {
    write_registers(e->uc, e->live, s->registers);
    e->rip = s->registers[RIP];
  } else if (e->live != nullptr) {
    e->live[RAX] = s->registers[RAX];
  } else {
    uc_reg_write(e->uc, UC_X86_REG_RAX, &s->registers[RAX]);
  }
  e->instructions = count_of(s->counters[INSTRUCTIONS]);
  e->blocks = count_of(s->counters[BLOCKS]);
  e->limit = count_of(s->counters[LIMIT]);
  e->deadline = s->counters[DEADLINE];
  if (e->instructions < e->limit) plan_event(e);
  else e->event_at = e->next_event = 0;
  e->vector = -1;
  e->reason = STOP_HLT;
  e->crossing.expected = 0;
  if (__builtin_expect(code_full(e), 0)) drop_translations(e);
}

void finish_exception(Engine *e) {
  Shared *s = e->shared;
  const ExceptionFields &fields = exception_fields();
  if (e->live == nullptr || !fields.known) {
    // Going on would turn the next exception into a double fault and lose the one after.
    e->reason = STOP_ENGINE_ERROR;
    s->stop[STOP_ERROR] = UC_ERR_EXCEPTION;
    return;
  }
  const int vector = e->vector;
  s->stop[STOP_VECTOR] = uint64_t(vector);
  s->stop[STOP_ERROR_CODE] = 0;
  uc_reg_read(e->uc, UC_X86_REG_CR2, &s->stop[STOP_CR2]);
  auto state = reinterpret_cast<uint8_t *>(e->live);
  const bool has_code = vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
  if (has_code) s->stop[STOP_ERROR_CODE] = *reinterpret_cast<uint32_t *>(state + fields.error_code);
  // The library believes that this one is still being delivered, and would make the next a double fault.
  *reinterpret_cast<int32_t *>(state + fields.in_flight) = -1;
}

void finish(Engine *e, uc_err error) {
  Shared *s = e->shared;
  if (e->reason == STOP_HLT && error != UC_ERR_OK) {
    e->reason = STOP_ENGINE_ERROR;
    s->stop[STOP_ERROR] = error;
  }
  if (e->reason == STOP_EXCEPTION) finish_exception(e);
  read_registers(e->uc, e->live, s->registers);
  const bool stopped = e->reason == STOP_BUDGET || e->reason == STOP_WALL_CLOCK || e->reason == STOP_CHECK;
  if (stopped) s->registers[RIP] = e->stop_address;
  e->rip = s->registers[RIP];
}

void publish_counters(Engine *e) {
  double *counters = e->shared->counters;
  counters[INSTRUCTIONS] = double(e->instructions);
  counters[BLOCKS] = double(e->blocks);
  counters[NEW_EDGES] = double(e->coverage.new_edges);
}

/// Runs the guest until something stops it that the host must know.
uc_err run(Engine *e) {
  for (;;) {
    const uc_err error = uc_emu_start(e->uc, e->rip, 0, 0, 0);
    if (e->reason != STOP_CODE_FULL) return error;
    drop_translations(e);
    e->rip = e->stop_address;
    e->reason = STOP_HLT;
  }
}

}  // namespace

int resume_engine(Engine *e, uint32_t flags) {
  e->running = true;
  const int signal = guarded([&] {
    begin(e, flags);
    finish(e, run(e));
  });
  e->running = false;
  publish_counters(e);
  if (__builtin_expect(signal != 0, 0)) {
    e->dead_signal = signal;
    e->reason = STOP_FATAL;
    e->shared->stop[STOP_SIGNAL] = uint64_t(signal);
  }
  return e->reason;
}
