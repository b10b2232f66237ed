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
  e->next_event = e->instructions + 65536 < e->limit ? e->instructions + 65536 : e->limit;
  e->vector = -1;
  e->reason = STOP_HLT;
}

/// The library would turn the next fault into a double fault: it believes this one is still being delivered.
void finish_exception(Engine *e) {
  Shared *s = e->shared;
  const ExceptionFields &fields = exception_fields();
  s->stop[STOP_VECTOR] = uint64_t(e->vector);
  s->stop[STOP_CODE] = 0;
  uc_reg_read(e->uc, UC_X86_REG_CR2, &s->stop[STOP_CR2]);
  if (e->live == nullptr || !fields.known) return;
  auto state = reinterpret_cast<uint8_t *>(e->live);
  const int v = e->vector;
  const bool has_code = v == 8 || (v >= 10 && v <= 14) || v == 17;
  if (has_code) s->stop[STOP_CODE] = *reinterpret_cast<uint32_t *>(state + fields.error_code);
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
  if (e->reason == STOP_BUDGET || e->reason == STOP_WALL_CLOCK) s->registers[RIP] = e->stop_address;
  e->rip = s->registers[RIP];
  s->counters[INSTRUCTIONS] = double(e->instructions);
  s->counters[BLOCKS] = double(e->blocks);
  s->counters[NEW_EDGES] = double(e->coverage.new_edges);
}

}  // namespace

int resume_engine(Engine *e, uint32_t flags) {
  e->running = true;
  const int signal = guarded([&] {
    begin(e, flags);
    const uc_err error = uc_emu_start(e->uc, e->rip, 0, 0, 0);
    finish(e, error);
  });
  e->running = false;
  if (__builtin_expect(signal != 0, 0)) {
    e->dead_signal = signal;
    e->reason = STOP_FATAL;
    e->shared->stop[STOP_SIGNAL] = uint64_t(signal);
    e->shared->counters[INSTRUCTIONS] = double(e->instructions);
    e->shared->counters[BLOCKS] = double(e->blocks);
  }
  return e->reason;
}
