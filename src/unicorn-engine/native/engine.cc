#include "engine.h"
#include "guard.h"
#include "tables.h"
#include <cstring>
#include <ctime>
#include <sys/mman.h>

namespace {

constexpr uint32_t TCG_BUFFER = 8u << 20;
constexpr uint64_t CR0 = 0x80010033;
/// PAE, PGE, OSFXSR, OSXMMEXCPT, FSGSBASE, OSXSAVE, SMEP, SMAP
constexpr uint64_t CR4 = 1u << 5 | 1u << 7 | 1u << 9 | 1u << 10 | 1u << 16 | 1u << 18 | 1u << 20 | 1u << 21;
constexpr uint32_t MSR_EFER = 0xc0000080, MSR_FS_BASE = 0xc0000100, MSR_GS_BASE = 0xc0000101,
                   MSR_KERNEL_GS_BASE = 0xc0000102;
/// SCE, LME, LMA, NXE
constexpr uint64_t EFER = 1 | 1 << 8 | 1 << 10 | 1 << 11;

void *map_memory(size_t size) {
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

void unmap(void *memory, size_t size) {
  if (memory != nullptr) munmap(memory, size);
}

size_t page_round(size_t size) { return (size + 4095) & ~size_t(4095); }

bool map_all(Engine *e) {
  e->shared = static_cast<Shared *>(map_memory(page_round(sizeof(Shared))));
  e->ram = static_cast<uint8_t *>(map_memory(e->ram_size));
  e->host_dirty = static_cast<uint8_t *>(map_memory(page_round(e->ram_size / 4096)));
  e->cache = static_cast<Block *>(map_memory(BLOCK_CACHE * sizeof(Block)));
  e->coverage.map = static_cast<uint8_t *>(map_memory(EDGE_MAP));
  e->violations = static_cast<uint64_t *>(map_memory(page_round(16 + VIOLATION_RING * sizeof(Violation))));
  if (e->checks) e->shadow = static_cast<uint8_t *>(map_memory(page_round(e->ram_size / 8)));
  return e->shared && e->ram && e->host_dirty && e->cache && e->coverage.map && e->violations && (!e->checks || e->shadow);
}

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

void on_block_hook(uc_engine *, uint64_t address, uint32_t size, void *data);

bool add_hooks(Engine *e) {
  uc_hook hook;
  auto add = [&](int type, auto callback) {
    return uc_hook_add(e->uc, &hook, type, reinterpret_cast<void *>(callback), e, 1, 0) == UC_ERR_OK;
  };
  return add(UC_HOOK_INTR, on_interrupt) && add(UC_HOOK_INSN_INVALID, on_invalid_instruction) &&
         add(UC_HOOK_BLOCK, on_block_hook);
}

inline size_t block_slot(uint64_t address) { return (address ^ address >> 13) & (BLOCK_CACHE - 1); }

/// A miss of the block cache: asks the translator, which has just translated it.
__attribute__((noinline)) void learn_block(Engine *e, Block *block, uint64_t address, uint32_t size) {
  uc_tb tb = {};
  const bool known = uc_ctl_request_cache(e->uc, address, &tb) == UC_ERR_OK && tb.icount > 0;
  *block = {address, size, known ? tb.icount : 1u};
}

__attribute__((noinline)) void on_event(Engine *e, uint64_t address) {
  if (e->instructions >= e->limit) {
    e->reason = STOP_BUDGET;
  } else {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (double(now.tv_sec) * 1e3 + double(now.tv_nsec) / 1e6 < e->deadline) {
      e->next_event = e->instructions + 65536 < e->limit ? e->instructions + 65536 : e->limit;
      return;
    }
    e->reason = STOP_WALL_CLOCK;
  }
  e->stop_address = address;
  uc_emu_stop(e->uc);
}

/// Everything that is not a known block in the middle of the budget.
__attribute__((noinline)) void on_block_slow(Engine *e, uint64_t address, uint32_t size) {
  if (e->instructions >= e->next_event) {
    on_event(e, address);
    if (e->reason != STOP_HLT) return;
  }
  Block *block = &e->cache[block_slot(address)];
  if (block->address != address || block->size != size) learn_block(e, block, address, size);
  e->instructions += block->instructions;
  e->blocks++;
  if (e->coverage.on) note_block(e, address);
}

// Runs before every block, so it is laid out to need no stack and no call when nothing happens.
void on_block_hook(uc_engine *, uint64_t address, uint32_t size, void *data) {
  auto e = static_cast<Engine *>(data);
  const Block *block = &e->cache[block_slot(address)];
  const uint64_t instructions = e->instructions;
  if (__builtin_expect((block->address != address) | (block->size != size) | (instructions >= e->next_event), 0))
    return on_block_slow(e, address, size);
  e->instructions = instructions + block->instructions;
  e->blocks++;
}

const char *set_up(Engine *e) {
  if (!map_all(e)) return "out of memory";
  madvise(e->ram, e->ram_size, MADV_NOHUGEPAGE);
  if (uc_open(UC_ARCH_X86, UC_MODE_64, &e->uc) != UC_ERR_OK) return "the library could not make a CPU";
  if (uc_ctl_set_cpu_model(e->uc, UC_CPU_X86_EPYC_ROME) != UC_ERR_OK) return "the library lacks the CPU model";
  if (uc_ctl_set_tcg_buffer_size(e->uc, TCG_BUFFER) != UC_ERR_OK) return "the library refused the buffer size";
  if (uc_mem_map_ptr(e->uc, 0, e->ram_size, UC_PROT_ALL, e->ram) != UC_ERR_OK) return "the library could not map the memory";
  if (uc_ctl_exits_enable(e->uc) != UC_ERR_OK) return "the library lacks exits";
  if (!add_hooks(e) || (e->checks && !install_checks(e))) return "the library could not add hooks";
  e->live = find_live_registers(e->uc);
  e->shared->registers[RFLAGS] = 2;
  e->shared->counters[LIMIT] = e->shared->counters[DEADLINE] = __builtin_inf();
  return nullptr;
}

}  // namespace

Engine *open_engine(size_t ram_size, bool checks, const char **why) {
  auto e = new Engine();
  e->ram_size = ram_size;
  e->checks = checks;
  e->references = 1;
  prepare_guard();
  const char *volatile problem = nullptr;
  const int signal = guarded([&] { problem = set_up(e); });
  if (signal != 0) {
    e->dead_signal = signal;
    problem = "the library crashed";
  }
  if (problem == nullptr) return e;
  *why = problem;
  close_engine(e);
  release_engine(e);
  return nullptr;
}

void close_engine(Engine *e) {
  if (e->closed) return;
  e->closed = true;
  drop_snapshot(e);
  // After a crash the library's state is anything: leave it.
  if (e->uc != nullptr && e->dead_signal == 0) guarded([&] { uc_close(e->uc); });
  e->uc = nullptr;
  e->live = nullptr;
}

void release_engine(Engine *e) {
  if (--e->references > 0) return;
  close_engine(e);
  unmap(e->shared, page_round(sizeof(Shared)));
  unmap(e->ram, e->ram_size);
  unmap(e->host_dirty, page_round(e->ram_size / 4096));
  unmap(e->cache, BLOCK_CACHE * sizeof(Block));
  unmap(e->coverage.map, EDGE_MAP);
  unmap(e->violations, page_round(16 + VIOLATION_RING * sizeof(Violation)));
  unmap(e->shadow, page_round(e->ram_size / 8));
  delete e;
}

namespace {
enum Control { CR3, FS_BASE, GS_BASE, KERNEL_GS_BASE, CR0_, CR4_, EFER_, CONTROL_COUNT };
}

bool set_control(Engine *e, unsigned which, uint64_t value) {
  switch (which) {
    case CR3: {
      // Order matters: paging needs the tables, long mode and PAE before CR0.PG.
      uint64_t cr4 = CR4, cr0 = CR0;
      uint64_t paging = 0;
      uc_reg_read(e->uc, UC_X86_REG_CR0, &paging);
      uc_reg_write(e->uc, UC_X86_REG_CR3, &value);
      if (paging & 0x80000000) return true;
      uc_reg_write(e->uc, UC_X86_REG_CR4, &cr4);
      write_msr(e->uc, MSR_EFER, EFER);
      uc_reg_write(e->uc, UC_X86_REG_CR0, &cr0);
      return true;
    }
    case FS_BASE: return write_msr(e->uc, MSR_FS_BASE, value);
    case GS_BASE: return write_msr(e->uc, MSR_GS_BASE, value);
    case KERNEL_GS_BASE: return write_msr(e->uc, MSR_KERNEL_GS_BASE, value);
    default: return false;
  }
}

uint64_t get_control(Engine *e, unsigned which) {
  uint64_t value = 0;
  switch (which) {
    case CR3: uc_reg_read(e->uc, UC_X86_REG_CR3, &value); return value;
    case FS_BASE: return read_msr(e->uc, MSR_FS_BASE);
    case GS_BASE: return read_msr(e->uc, MSR_GS_BASE);
    case KERNEL_GS_BASE: return read_msr(e->uc, MSR_KERNEL_GS_BASE);
    case CR0_: uc_reg_read(e->uc, UC_X86_REG_CR0, &value); return value;
    case CR4_: uc_reg_read(e->uc, UC_X86_REG_CR4, &value); return value;
    case EFER_: return read_msr(e->uc, MSR_EFER);
    default: return 0;
  }
}

void flush_tlb(Engine *e) { uc_ctl_flush_tlb(e->uc); }

namespace {
/// The library finds the translations through the page's mapping, as if fetching an instruction there; a
/// fetch that faults would disturb the CPU. So the page is made fetchable for as long as that takes.
void forget_page(Engine *e, uint64_t *entry, uint64_t from, uint64_t to) {
  const uint64_t kept = *entry;
  const bool fetchable = !(kept & (PTE_NO_EXECUTE | PTE_USER));
  if (!fetchable) {
    *entry = kept & ~(PTE_NO_EXECUTE | PTE_USER);
    uc_ctl_flush_tlb(e->uc);
  }
  uc_ctl_remove_cache(e->uc, from, to);
  if (!fetchable) {
    *entry = kept;
    uc_ctl_flush_tlb(e->uc);
  }
}
}  // namespace

void invalidate_code(Engine *e, uint64_t address, uint64_t length) {
  uint64_t root = 0, cr0 = 0;
  uc_reg_read(e->uc, UC_X86_REG_CR0, &cr0);
  if (!(cr0 >> 31 & 1)) {
    if (length > 0 && address < e->ram_size) uc_ctl_remove_cache(e->uc, address, address + length);
    return;
  }
  uc_reg_read(e->uc, UC_X86_REG_CR3, &root);
  while (length > 0) {
    const uint64_t part = PAGE - address % PAGE < length ? PAGE - address % PAGE : length;
    uint64_t *entry = find_entry(e->ram, e->ram_size, root, address);
    if (entry != nullptr && (*entry & PTE_ADDRESS) < e->ram_size) forget_page(e, entry, address, address + part);
    address += part;
    length -= part;
  }
}
