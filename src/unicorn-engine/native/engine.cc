#include "engine.h"
#include "guard.h"
#include "tables.h"
#include <malloc.h>
#include <sys/mman.h>

namespace {

/// For translations. Emptying it writes to all of it.
constexpr uint32_t CODE_BUFFER = 8u << 20;
/// Left for what is translated between two looks.
constexpr uint32_t CODE_RESERVE = 2u << 20;

void *map_memory(size_t size) {
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void unmap(void *memory, size_t size) {
  if (memory != nullptr) munmap(memory, size);
}

/// Gives the pages back; the address range stays, and reads as zero.
void empty(void *memory, size_t size) {
  if (memory != nullptr) madvise(memory, size, MADV_DONTNEED);
}

size_t page_round(size_t size) { return (size + PAGE - 1) & ~(PAGE - 1); }

bool map_all(Engine *e) {
  e->shared = static_cast<Shared *>(map_memory(page_round(sizeof(Shared))));
  e->ram = static_cast<uint8_t *>(map_memory(e->ram_size));
  e->host_dirty = static_cast<uint8_t *>(map_memory(page_round(e->ram_size / PAGE)));
  e->cache = static_cast<Block *>(map_memory(BLOCK_CACHE * sizeof(Block)));
  e->coverage.map = static_cast<uint8_t *>(map_memory(EDGE_MAP));
  if (!e->shared || !e->ram || !e->host_dirty || !e->cache || !e->coverage.map) return false;
  // Guests touch few pages, far apart; a huge page for each would be memory and time for nothing.
  madvise(e->ram, e->ram_size, MADV_NOHUGEPAGE);
  if (!e->checks) return true;
  e->shadow = static_cast<uint8_t *>(map_memory(page_round(e->ram_size / 8)));
  e->violations = static_cast<Violations *>(map_memory(page_round(sizeof(Violations))));
  return e->shadow && e->violations;
}

void watch_code_buffer(Engine *e) {
  const CodeBuffer buffer = find_code_buffer(e->uc, CODE_BUFFER);
  if (buffer.next != nullptr) {
    e->code_next = buffer.next;
    e->code_limit = buffer.end - CODE_RESERVE / 8;
    return;
  }
  guess_code_buffer(e);
}

const char *set_up(Engine *e) {
  if (!map_all(e)) return "out of memory";
  if (uc_open(UC_ARCH_X86, UC_MODE_64, &e->uc) != UC_ERR_OK) return "the library could not make a CPU";
  // The library's default CPU lacks instructions that kernels are built with.
  if (uc_ctl_set_cpu_model(e->uc, UC_CPU_X86_EPYC_ROME) != UC_ERR_OK) return "the library lacks the CPU model";
  if (uc_ctl_set_tcg_buffer_size(e->uc, CODE_BUFFER) != UC_ERR_OK) return "the library refused the buffer size";
  if (uc_mem_map_ptr(e->uc, 0, e->ram_size, UC_PROT_ALL, e->ram) != UC_ERR_OK) return "the library could not map the memory";
  // Without an empty set of exits the library looks for an end address at each stop, which costs microseconds.
  if (uc_ctl_exits_enable(e->uc) != UC_ERR_OK) return "the library lacks exits";
  if (!install_hooks(e) || (e->checks && !install_checks(e))) return "the library could not add hooks";
  e->live = find_live_registers(e->uc);
  watch_code_buffer(e);
  e->shared->registers[RFLAGS] = 2;
  for (Counter limit : {LIMIT, DEADLINE, FRAME_LIMIT}) e->shared->counters[limit] = __builtin_inf();
  return nullptr;
}

}  // namespace

void guess_code_buffer(Engine *e) {
  e->code_next = &e->code_guess;
  e->code_limit = static_cast<const uint64_t *>(nullptr) + (CODE_BUFFER - CODE_RESERVE) / 8;
}

Engine *open_engine(size_t ram_size, bool checks, const char **why) {
  auto e = new Engine();
  e->ram_size = ram_size;
  e->checks = checks;
  e->references = 1;
  prepare_guard();
  const char *volatile problem = nullptr;
  e->dead_signal = guarded([&] { problem = set_up(e); });
  if (e->dead_signal != 0) problem = "the library crashed";
  if (problem == nullptr) return e;
  *why = problem;
  release_engine(e);
  return nullptr;
}

void close_engine(Engine *e) {
  if (e->closed) return;
  e->closed = true;
  drop_snapshot(e);
  // After a crash the library's state is anything: leave it.
  if (e->uc != nullptr && e->dead_signal == 0) {
    guarded([&] {
      for (uc_context *context : e->contexts)
        if (context != nullptr) uc_context_free(context);
      uc_close(e->uc);
    });
  }
  e->uc = nullptr;
  e->live = nullptr;
  // Whoever holds the buffers keeps only their addresses: JavaScript may still look, and reads zero from now on.
  empty(e->ram, e->ram_size);
  empty(e->host_dirty, page_round(e->ram_size / PAGE));
  empty(e->coverage.map, EDGE_MAP);
  empty(e->shadow, page_round(e->ram_size / 8));
  unmap(e->cache, BLOCK_CACHE * sizeof(Block));
  e->cache = nullptr;
#ifdef __GLIBC__
  // The library's large aligned pieces leave holes that the next engine's do not fit into.
  malloc_trim(0);
#endif
}

void release_engine(Engine *e) {
  if (--e->references > 0) return;
  close_engine(e);
  unmap(e->shared, page_round(sizeof(Shared)));
  unmap(e->ram, e->ram_size);
  unmap(e->host_dirty, page_round(e->ram_size / PAGE));
  unmap(e->cache, BLOCK_CACHE * sizeof(Block));
  unmap(e->coverage.map, EDGE_MAP);
  unmap(e->shadow, page_round(e->ram_size / 8));
  unmap(e->violations, page_round(sizeof(Violations)));
  delete e;
}

int save_context(Engine *e) {
  size_t slot = 0;
  while (slot < e->contexts.size() && e->contexts[slot] != nullptr) slot++;
  if (slot >= MAX_CONTEXTS) return -1;
  uc_context *context = nullptr;
  if (uc_context_alloc(e->uc, &context) != UC_ERR_OK) return -1;
  uc_context_save(e->uc, context);
  if (slot == e->contexts.size()) e->contexts.push_back(context);
  else e->contexts[slot] = context;
  return int(slot);
}

bool restore_context(Engine *e, size_t slot) {
  if (slot >= e->contexts.size() || e->contexts[slot] == nullptr) return false;
  uint64_t before[3], after[3];
  auto look = [&](uint64_t *out) {
    out[0] = get_control(e, CONTROL_CR0), out[1] = get_control(e, CONTROL_CR3), out[2] = get_control(e, CONTROL_CR4);
  };
  look(before);
  uc_context_restore(e->uc, e->contexts[slot]);
  look(after);
  if (before[0] != after[0] || before[1] != after[1] || before[2] != after[2]) flush_tlb(e);
  publish_registers(e);
  return true;
}

bool free_context(Engine *e, size_t slot) {
  if (slot >= e->contexts.size() || e->contexts[slot] == nullptr) return false;
  uc_context_free(e->contexts[slot]);
  e->contexts[slot] = nullptr;
  return true;
}

void publish_registers(Engine *e) {
  read_registers(e->uc, e->live, e->shared->registers);
  e->rip = e->shared->registers[RIP];
}
