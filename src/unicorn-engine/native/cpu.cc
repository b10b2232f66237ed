#include "cpu.h"
#include "probe.h"
#include <cstring>
#include <sys/mman.h>

namespace {

const int IDS[REGISTER_COUNT] = {
    UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX, UC_X86_REG_RSP, UC_X86_REG_RBP,
    UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
    UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15, UC_X86_REG_RIP, UC_X86_REG_RFLAGS};

/// Bytes behind a pointer to look at: near first, for most pointers lead to large things.
constexpr size_t SEARCHES[] = {64 * 1024, 512 * 1024};

void make_marks(uint64_t *marks) {
  for (int i = 0; i < RIP; i++) marks[i] = 0x6b6f626f78000000ull + uint64_t(i) * 0x10101 + 0x5a;
}

/// Looks for `marks` at 8-byte steps. May fault: call guarded.
uint64_t *scan(uint64_t *from, size_t bytes, const uint64_t *marks) {
  uint64_t *end = from + bytes / 8 - RIP;
  for (uint64_t *at = from; at < end; at++)
    if (*at == marks[0] && memcmp(at, marks, RIP * 8) == 0) return at;
  return nullptr;
}

/// True when `at` changes as the public interface changes registers, and the other way round.
bool confirmed(uc_engine *uc, uint64_t *at) {
  uint64_t value = 0x1122334455667788ull, seen = 0;
  if (uc_reg_write(uc, UC_X86_REG_R9, &value) != UC_ERR_OK || at[9] != value) return false;
  at[9] = ~value;
  at[RIP] = value;
  uint64_t rip = 0;
  uc_reg_read(uc, UC_X86_REG_R9, &seen);
  uc_reg_read(uc, UC_X86_REG_RIP, &rip);
  return seen == ~value && rip == value;
}

// Where the last engine's registers were: the distance is the library's, so the next engine's are there too.
struct Place {
  size_t pointer;
  size_t offset;
};
constexpr Place NOWHERE = {0, 0};
thread_local Place known_place = NOWHERE;

uint64_t *search(uc_engine *uc, const uint64_t *marks, size_t window) {
  uint64_t *best = nullptr;
  each_pointer(uc, [&](size_t index, uint64_t *from) {
    uint64_t *volatile found = nullptr;
    guarded([&] { found = scan(from, window, marks); });
    if (found == nullptr || (best != nullptr && found != best)) return;
    // Other things may lie before the CPU by chance; the nearest pointer is the one to the CPU itself.
    best = found;
    known_place = {index, size_t(found - from)};
    window = known_place.offset * 8 + RIP * 8;
  });
  return best != nullptr && confirmed(uc, best) ? best : nullptr;
}

uint64_t *recall(uc_engine *uc, const uint64_t *marks) {
  if (known_place.offset == 0 || malloc_usable_size(uc) / 8 <= known_place.pointer) return nullptr;
  const uint64_t base = reinterpret_cast<uint64_t *>(uc)[known_place.pointer];
  if (base == 0 || (base & 7) != 0) return nullptr;
  uint64_t *at = reinterpret_cast<uint64_t *>(base) + known_place.offset;
  volatile bool same = false;
  guarded([&] { same = memcmp(at, marks, RIP * 8) == 0; });
  return same && confirmed(uc, at) ? at : nullptr;
}

ExceptionFields measure_exception_fields() {
  ExceptionFields fields = {false, 0, 0};
  constexpr size_t SIZE = 4096;
  constexpr int VECTOR = 13, ERROR = 0x5a58;
  // mov eax, ERROR; mov ds, eax: the selector lies outside the table, so #GP carries it as its error code.
  const uint8_t code[] = {0xb8, ERROR & 0xff, ERROR >> 8, 0, 0, 0x8e, 0xd8, 0xf4};
  uc_engine *uc = nullptr;
  uc_context *before = nullptr, *after = nullptr;
  uc_hook hook;
  void *memory = mmap(nullptr, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fields;
  memcpy(memory, code, sizeof code);
  auto stop = +[](uc_engine *engine, uint32_t, void *) { uc_emu_stop(engine); };
  guarded([&] {
    if (uc_open(UC_ARCH_X86, UC_MODE_64, &uc) != UC_ERR_OK) return;
    uc_ctl_set_tcg_buffer_size(uc, 1 << 20);
    uc_mem_map_ptr(uc, 0, SIZE, UC_PROT_ALL, memory);
    uc_ctl_exits_enable(uc);
    uc_hook_add(uc, &hook, UC_HOOK_INTR, reinterpret_cast<void *>(stop), nullptr, 1, 0);
    uint64_t *live = find_live_registers(uc);
    if (live == nullptr || uc_context_alloc(uc, &before) != UC_ERR_OK || uc_context_alloc(uc, &after) != UC_ERR_OK) return;
    const size_t size = uc_context_size(uc);
    uc_context_save(uc, before);
    uc_emu_start(uc, 0, 0, 0, 0);
    uc_context_save(uc, after);
    // Search the copies, not the live state, whose end is unknown.
    auto a = reinterpret_cast<uint8_t *>(before), b = reinterpret_cast<uint8_t *>(after);
    size_t registers = 0;
    while (registers + RIP * 8 < size && memcmp(b + registers, live, RIP * 8) != 0) registers += 4;
    int errors = 0, flights = 0;
    for (size_t at = registers; at + 4 <= size; at += 4) {
      int32_t was, is;
      memcpy(&was, a + at, 4);
      memcpy(&is, b + at, 4);
      if (was == -1 && is == VECTOR) fields.in_flight = ptrdiff_t(at - registers), flights++;
      if (was != ERROR && is == ERROR && at >= registers + REGISTER_COUNT * 8) fields.error_code = ptrdiff_t(at - registers), errors++;
    }
    fields.known = errors == 1 && flights == 1;
  });
  if (before != nullptr) uc_context_free(before);
  if (after != nullptr) uc_context_free(after);
  if (uc != nullptr) uc_close(uc);
  munmap(memory, SIZE);
  return fields;
}

}  // namespace

uint64_t *find_live_registers(uc_engine *uc) {
  uint64_t marks[RIP], zero[REGISTER_COUNT] = {};
  make_marks(marks);
  for (int i = 0; i < RIP; i++)
    if (uc_reg_write(uc, IDS[i], &marks[i]) != UC_ERR_OK) return nullptr;
  uint64_t *found = recall(uc, marks);
  for (size_t window : SEARCHES)
    if (found == nullptr) found = search(uc, marks, window);
  zero[RFLAGS] = 2;
  write_registers(uc, nullptr, zero);
  return found;
}

CodeBuffer find_code_buffer(uc_engine *uc, uint64_t size) {
  // What was asked for, what is left of it, the next free place, (unused), the high-water mark; and two words
  // before these the place after the prologue, where translations begin.
  enum { START = -2, BASE = -1, ASKED = 0, LEFT = 1, NEXT = 2, HIGH = 4, REACH = 128 };
  auto matches = [size](const uint64_t *at) {
    const uint64_t base = at[BASE], end = base + size;
    return at[ASKED] == size && at[LEFT] <= size && at[LEFT] > size - 4096 && at[START] >= base && at[START] < base + 4096 &&
           at[NEXT] == at[START] && at[HIGH] > base && at[HIGH] <= end;
  };
  uint64_t *volatile found = nullptr;
  volatile size_t window = REACH;
  each_pointer(uc, [&](size_t, uint64_t *from) {
    guarded([&] {
      for (uint64_t *at = from - START; at < from + window; at++) {
        if (!matches(at)) continue;
        // The nearest: a structure of an engine that is gone may still lie about in freed memory.
        found = at;
        window = size_t(at - from);
      }
    });
  });
  if (found == nullptr) return {nullptr, nullptr, nullptr};
  auto place = [](uint64_t word) { return reinterpret_cast<const uint64_t *>(word); };
  return {reinterpret_cast<const uint64_t *volatile *>(found + NEXT), place(found[START]), place(found[HIGH])};
}

const ExceptionFields &exception_fields() {
  constexpr int ATTEMPTS = 4;
  static const ExceptionFields fields = [] {
    ExceptionFields measured = measure_exception_fields();
    for (int i = 1; i < ATTEMPTS && !measured.known; i++) measured = measure_exception_fields();
    return measured;
  }();
  return fields;
}

void read_registers(uc_engine *uc, const uint64_t *live, uint64_t *out) {
  if (live != nullptr) {
    memcpy(out, live, RFLAGS * 8);
    uc_reg_read(uc, UC_X86_REG_RFLAGS, &out[RFLAGS]);
    return;
  }
  void *pointers[REGISTER_COUNT];
  for (int i = 0; i < REGISTER_COUNT; i++) pointers[i] = &out[i];
  uc_reg_read_batch(uc, const_cast<int *>(IDS), pointers, REGISTER_COUNT);
}

void write_registers(uc_engine *uc, uint64_t *live, const uint64_t *values) {
  if (live != nullptr) {
    memcpy(live, values, RFLAGS * 8);
    uc_reg_write(uc, UC_X86_REG_RFLAGS, &values[RFLAGS]);
    return;
  }
  void *pointers[REGISTER_COUNT];
  for (int i = 0; i < REGISTER_COUNT; i++) pointers[i] = const_cast<uint64_t *>(&values[i]);
  uc_reg_write_batch(uc, const_cast<int *>(IDS), pointers, REGISTER_COUNT);
}

bool write_msr(uc_engine *uc, uint32_t msr, uint64_t value) {
  uc_x86_msr pair = {msr, value};
  return uc_reg_write(uc, UC_X86_REG_MSR, &pair) == UC_ERR_OK;
}

uint64_t read_msr(uc_engine *uc, uint32_t msr) {
  uc_x86_msr pair = {msr, 0};
  uc_reg_read(uc, UC_X86_REG_MSR, &pair);
  return pair.value;
}
