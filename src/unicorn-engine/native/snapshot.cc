// Which pages to put back is read from the dirty bits that the CPU sets in the guest's page tables, and
// from the marks of the host.
//
// What holds between restores: a frame that is not `known` equals its saved copy, no entry that maps it has
// its dirty bit set, and the TLB may not write to it without setting one. Frames that were once found dirty
// stay known: they are copied every time and their bits are left alone, because clearing a bit means
// flushing the TLB, which costs more than the copies.
#include "snapshot.h"
#include "engine.h"
#include "tables.h"
#include <cstring>
#include <emmintrin.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace {

/// After so many restores the known frames are forgotten, in case few of them are still written.
constexpr unsigned FORGET_AFTER = 2048;

struct LeafTable {
  uint64_t physical;
  /// The entry that points here. Its accessed bit says whether the CPU has walked through.
  uint64_t parent;
  uint64_t base;
  /// The table as it was last looked at; empty until the CPU has walked through.
  std::vector<uint64_t> expected;
};

uint64_t read_register(uc_engine *uc, int id) {
  uint64_t value = 0;
  uc_reg_read(uc, id, &value);
  return value;
}

/// What the TLB's content depends on besides the tables.
struct PagingState {
  uint64_t cr0, cr3, cr4, efer;
  bool operator==(const PagingState &other) const {
    return cr0 == other.cr0 && cr3 == other.cr3 && cr4 == other.cr4 && efer == other.efer;
  }
};

PagingState paging_state(uc_engine *uc) {
  return {read_register(uc, UC_X86_REG_CR0), read_register(uc, UC_X86_REG_CR3), read_register(uc, UC_X86_REG_CR4),
          read_msr(uc, 0xc0000080)};
}

}  // namespace

struct Snapshot {
  uint8_t *memory = nullptr;
  uc_context *context = nullptr;
  PagingState paging = {};
  /// The tables cannot be followed by dirty bits (large pages, shared tables, no paging): compare everything.
  bool irregular = false;
  std::vector<LeafTable> leaves;
  std::vector<uint64_t> tables;
  /// One byte a frame: 1..4 where it is a table of this snapshot.
  std::vector<uint8_t> level;
  /// Executable frames and an address each can be executed at.
  std::unordered_map<uint64_t, uint64_t> code;
  std::vector<uint8_t> is_known;
  std::vector<uint32_t> known;
  unsigned restores = 0;
};

namespace {

/// Frames with memory behind them, from the kernel; all of them where it does not say.
std::vector<uint8_t> resident_frames(const uint8_t *memory, size_t size) {
  const size_t frames = size / PAGE;
  std::vector<uint8_t> resident(frames, 1);
  const int file = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
  if (file < 0) return resident;
  std::vector<uint64_t> entries(4096);
  for (size_t from = 0; from < frames; from += entries.size()) {
    const size_t count = frames - from < entries.size() ? frames - from : entries.size();
    const off_t at = off_t((reinterpret_cast<uintptr_t>(memory) / PAGE + from) * 8);
    if (pread(file, entries.data(), count * 8, at) != ssize_t(count * 8)) break;
    // present, or swapped out
    for (size_t i = 0; i < count; i++) resident[from + i] = entries[i] >> 62 != 0;
  }
  close(file);
  return resident;
}

void copy_frame(uint8_t *to, const uint8_t *from, uint64_t frame) { memcpy(to + frame * PAGE, from + frame * PAGE, PAGE); }

void map_tables(Engine *e, Snapshot *s) {
  auto leaf = [&](uint64_t *table, uint64_t physical, uint64_t *parent, uint64_t base) {
    s->leaves.push_back({physical, uint64_t(reinterpret_cast<uint8_t *>(parent) - e->ram), base, {}});
    s->tables.push_back(physical / PAGE);
    *parent &= ~PTE_ACCESSED;
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
      if (!(table[i] & PTE_PRESENT)) continue;
      table[i] &= ~PTE_DIRTY;
      if (!(table[i] & PTE_NO_EXECUTE)) s->code[(table[i] & PTE_ADDRESS) / PAGE] = base + i * PAGE;
    }
  };
  auto upper = [&](uint64_t physical) { s->tables.push_back(physical / PAGE); };
  walk_tables(e->ram, e->ram_size, s->paging.cr3, s->level.data(), leaf, upper, [&] { s->irregular = true; });
}

void know(Engine *e, Snapshot *s, uint64_t entry) {
  const uint64_t frame = (entry & PTE_ADDRESS) / PAGE;
  if (frame >= e->ram_size / PAGE || s->is_known[frame]) return;
  s->is_known[frame] = 1;
  s->known.push_back(uint32_t(frame));
}

/// Adds the pages newly written through this table. False: the table itself was changed.
bool scan_leaf(Engine *e, Snapshot *s, LeafTable &leaf) {
  constexpr uint64_t MARKS = PTE_ACCESSED | PTE_DIRTY;
  const uint64_t *table = table_at(e->ram, leaf.physical);
  if (leaf.expected.empty()) {
    uint64_t parent, saved;
    memcpy(&parent, e->ram + leaf.parent, 8);
    memcpy(&saved, s->memory + leaf.parent, 8);
    if ((parent | MARKS) != (saved | MARKS)) return false;
    if (!(parent & PTE_ACCESSED)) return true;
    const uint64_t *from = table_at(s->memory, leaf.physical);
    leaf.expected.assign(from, from + TABLE_ENTRIES);
  }
  if (memcmp(table, leaf.expected.data(), PAGE) == 0) return true;
  for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
    const uint64_t old = leaf.expected[i];
    if (table[i] == old) continue;
    if ((table[i] | MARKS) != (old | MARKS)) return false;
    if (table[i] & PTE_DIRTY) know(e, s, table[i]);
    leaf.expected[i] = table[i];
  }
  return true;
}

/// Frames that the host has marked; the marks are cleared.
void take_host_marks(Engine *e, std::vector<uint32_t> &out) {
  constexpr size_t STEP = 128;
  const size_t count = e->ram_size / PAGE;
  uint8_t *marks = e->host_dirty;
  // The buffer is a whole number of host pages, so the last step stays inside.
  for (size_t at = 0; at < count; at += STEP) {
    auto part = reinterpret_cast<const __m128i *>(marks + at);
    __m128i any = _mm_or_si128(_mm_load_si128(part), _mm_load_si128(part + 1));
    for (int i = 2; i < 8; i++) any = _mm_or_si128(any, _mm_load_si128(part + i));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(any, _mm_setzero_si128())) == 0xffff) continue;
    for (size_t frame = at; frame < at + STEP && frame < count; frame++)
      if (marks[frame]) out.push_back(uint32_t(frame));
    memset(marks + at, 0, STEP);
  }
}

void forget_translations(Engine *e, uint64_t address) { invalidate_code(e, address, PAGE); }

void finish_restore(Engine *e, Snapshot *s) {
  uc_context_restore(e->uc, s->context);
  read_registers(e->uc, e->live, e->shared->registers);
  e->rip = e->shared->registers[RIP];
  e->coverage.previous = 0;
}

/// Puts one frame back; true when it was changed code.
bool restore_frame(Engine *e, Snapshot *s, uint32_t frame) {
  if (!s->code.empty() && s->code.count(frame) != 0) {
    if (memcmp(e->ram + frame * PAGE, s->memory + frame * PAGE, PAGE) == 0) return false;
    copy_frame(e->ram, s->memory, frame);
    return true;
  }
  copy_frame(e->ram, s->memory, frame);
  return false;
}

/// The tables were changed by the host: pages may be reachable, and written, through new entries.
/// Returns SIZE_MAX, having done nothing, where that cannot be followed.
size_t restore_tables(Engine *e, Snapshot *s, std::vector<uint32_t> &host) {
  const size_t frames = e->ram_size / PAGE;
  std::vector<uint8_t> dirty(frames, 0), seen(frames, 0);
  std::vector<std::pair<uint64_t, uint64_t>> code;
  bool irregular = false;
  uc_ctl_flush_tlb(e->uc);
  auto leaf = [&](uint64_t *table, uint64_t, uint64_t *, uint64_t base) {
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
      const uint64_t entry = table[i], frame = (entry & PTE_ADDRESS) / PAGE;
      if (!(entry & PTE_PRESENT) || frame >= frames) continue;
      if (entry & PTE_DIRTY) dirty[frame] = 1;
      if (!(entry & PTE_NO_EXECUTE)) code.push_back({frame, base + i * PAGE});
    }
  };
  walk_tables(e->ram, e->ram_size, s->paging.cr3, seen.data(), leaf, [](uint64_t) {}, [&] { irregular = true; });
  // A table that the guest itself wrote to may hold anything.
  for (size_t frame = 0; frame < frames; frame++) irregular |= dirty[frame] && seen[frame];
  if (irregular) return SIZE_MAX;
  for (uint32_t frame : s->known) dirty[frame] = 1;
  for (uint32_t frame : host) dirty[frame] = 1;
  for (auto &page : code)
    if (dirty[page.first]) forget_translations(e, page.second);
  for (uint64_t table : s->tables) dirty[table] = 1;
  size_t copied = 0;
  std::vector<uint64_t> changed;
  for (size_t frame = 0; frame < frames; frame++) {
    if (!dirty[frame]) continue;
    copied++;
    if (restore_frame(e, s, uint32_t(frame))) changed.push_back(s->code[frame]);
  }
  for (uint32_t frame : s->known) s->is_known[frame] = 0;
  s->known.clear();
  for (auto &table : s->leaves) table.expected.clear();
  finish_restore(e, s);
  uc_ctl_flush_tlb(e->uc);
  for (uint64_t address : changed) forget_translations(e, address);
  return copied;
}

/// The guest may have changed its own tables: nothing is known, so compare all there is.
size_t restore_all(Engine *e, Snapshot *s) {
  const std::vector<uint8_t> now = resident_frames(e->ram, e->ram_size);
  const std::vector<uint8_t> then = resident_frames(s->memory, e->ram_size);
  size_t copied = 0;
  for (size_t frame = 0; frame < now.size(); frame++) {
    if (!now[frame] && !then[frame]) continue;
    if (memcmp(e->ram + frame * PAGE, s->memory + frame * PAGE, PAGE) == 0) continue;
    copy_frame(e->ram, s->memory, frame);
    copied++;
  }
  for (uint32_t frame : s->known) s->is_known[frame] = 0;
  s->known.clear();
  for (auto &table : s->leaves) table.expected.clear();
  finish_restore(e, s);
  uc_ctl_flush_tlb(e->uc);
  uc_ctl_flush_tb(e->uc);
  return copied;
}

}  // namespace

const char *take_snapshot(Engine *e) {
  drop_snapshot(e);
  auto s = e->snapshot = new Snapshot();
  const size_t frames = e->ram_size / PAGE;
  void *memory = mmap(nullptr, e->ram_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED || uc_context_alloc(e->uc, &s->context) != UC_ERR_OK) {
    if (memory != MAP_FAILED) munmap(memory, e->ram_size);
    drop_snapshot(e);
    return "out of memory";
  }
  madvise(memory, e->ram_size, MADV_NOHUGEPAGE);
  s->memory = static_cast<uint8_t *>(memory);
  s->level.assign(frames, 0);
  s->is_known.assign(frames, 0);
  s->paging = paging_state(e->uc);
  if (s->paging.cr0 >> 31 & 1) map_tables(e, s);
  else s->irregular = true;
  uc_ctl_flush_tlb(e->uc);
  const std::vector<uint8_t> resident = resident_frames(e->ram, e->ram_size);
  for (size_t frame = 0; frame < frames; frame++)
    if (resident[frame]) copy_frame(s->memory, e->ram, frame);
  memset(e->host_dirty, 0, frames);
  uc_context_save(e->uc, s->context);
  return nullptr;
}

size_t restore_snapshot(Engine *e) {
  Snapshot *s = e->snapshot;
  static thread_local std::vector<uint32_t> host;
  host.clear();
  bool tables_changed = false, guest_tables = false;
  for (auto &leaf : s->leaves) tables_changed |= !scan_leaf(e, s, leaf);
  for (uint32_t frame : s->known) guest_tables |= s->level[frame] != 0;
  take_host_marks(e, host);
  for (uint32_t frame : host) tables_changed |= s->level[frame] != 0;
  if (s->irregular || guest_tables || !(paging_state(e->uc) == s->paging)) return restore_all(e, s);
  if (tables_changed || ++s->restores % FORGET_AFTER == 0) {
    const size_t copied = restore_tables(e, s, host);
    return copied == SIZE_MAX ? restore_all(e, s) : copied;
  }
  size_t copied = s->known.size();
  bool code_changed = false;
  for (uint32_t frame : s->known) code_changed |= restore_frame(e, s, frame);
  for (uint32_t frame : host) {
    if (s->is_known[frame]) continue;
    copied++;
    code_changed |= restore_frame(e, s, frame);
  }
  finish_restore(e, s);
  if (code_changed) {
    for (uint32_t frame : s->known)
      if (s->code.count(frame)) forget_translations(e, s->code[frame]);
    for (uint32_t frame : host)
      if (s->code.count(frame)) forget_translations(e, s->code[frame]);
  }
  return copied;
}

void drop_snapshot(Engine *e) {
  Snapshot *s = e->snapshot;
  if (s == nullptr) return;
  if (s->memory != nullptr) munmap(s->memory, e->ram_size);
  if (s->context != nullptr && e->uc != nullptr && e->dead_signal == 0) uc_context_free(s->context);
  delete s;
  e->snapshot = nullptr;
}
