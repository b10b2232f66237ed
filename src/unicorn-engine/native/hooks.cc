// What runs inside the guest's run: only counting, and asking it to stop.
#include "engine.h"
#include <ctime>

namespace {

/// How many instructions to run between looks at the clock, and at the code buffer for the sake of guests that
/// rewrite the same blocks all the time.
constexpr uint64_t EVENT_INTERVAL = 16384;
/// Words of translation for each instruction: far too many.
constexpr uint64_t GUESS_WORDS = 32;

void on_interrupt(uc_engine *uc, uint32_t vector, void *data) {
  auto e = static_cast<Engine *>(data);
  e->vector = int(vector);
  e->reason = STOP_EXCEPTION;
  uc_emu_stop(uc);
}

bool on_invalid_instruction(uc_engine *, void *data) {
  auto e = static_cast<Engine *>(data);
  e->vector = 6;
  e->reason = STOP_EXCEPTION;
  return false;
}

size_t block_slot(uint64_t address) { return (address ^ address >> 13) & (BLOCK_CACHE - 1); }

/// Asks the translator how long the block is; it has just translated it.
void learn_block(Engine *e, Block *block, uint64_t address, uint32_t size) {
  uc_tb tb = {};
  const bool known = uc_ctl_request_cache(e->uc, address, &tb) == UC_ERR_OK && tb.icount > 0;
  *block = {address, uint16_t(size), known ? tb.icount : uint16_t(1), 0};
  if (e->code_next == &e->code_guess) e->code_guess += GUESS_WORDS * (2 + block->instructions);
}

void stop(Engine *e, Stop reason, uint64_t address) {
  e->reason = reason;
  e->stop_address = address;
  uc_emu_stop(e->uc);
}

/// True when the run must stop before this block.
bool out_of_budget(Engine *e, uint64_t address) {
  if (e->instructions >= e->limit) {
    stop(e, STOP_BUDGET, address);
    return true;
  }
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6 >= e->deadline) {
    stop(e, STOP_WALL_CLOCK, address);
    return true;
  }
  plan_event(e);
  return false;
}

/// Everything but a known block in the middle of the budget.
__attribute__((noinline)) void on_block_slow(Engine *e, uint64_t address, uint32_t size) {
  if (e->instructions >= e->event_at && out_of_budget(e, address)) return;
  if (code_full(e)) return stop(e, STOP_CODE_FULL, address);
  Block *block = &e->cache[block_slot(address)];
  if (block->address != address || block->size != size) learn_block(e, block, address, size);
  e->instructions += block->instructions;
  e->blocks++;
  if (e->coverage.on) note_block(e, block);
}

// Runs before every block, so it is laid out to need no stack and no call when nothing happens.
void on_block(uc_engine *, uint64_t address, uint32_t size, void *data) {
  auto e = static_cast<Engine *>(data);
  const Block *block = &e->cache[block_slot(address)];
  const uint64_t instructions = e->instructions;
  if (__builtin_expect((block->address != address) | (block->size != size) | (instructions >= e->next_event), 0))
    return on_block_slow(e, address, size);
  e->instructions = instructions + block->instructions;
  e->blocks++;
}

}  // namespace

void plan_event(Engine *e) {
  e->event_at = e->limit - e->instructions > EVENT_INTERVAL ? e->instructions + EVENT_INTERVAL : e->limit;
  e->next_event = e->coverage.on ? 0 : e->event_at;
}

bool install_hooks(Engine *e) {
  uc_hook hook;
  auto add = [&](int type, auto callback) {
    return uc_hook_add(e->uc, &hook, type, reinterpret_cast<void *>(callback), e, 1, 0) == UC_ERR_OK;
  };
  return add(UC_HOOK_INTR, on_interrupt) && add(UC_HOOK_INSN_INVALID, on_invalid_instruction) && add(UC_HOOK_BLOCK, on_block);
}
