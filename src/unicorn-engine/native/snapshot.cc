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
constexpr size_t SHADOW_PAGE = PAGE / 8;
/// From so many pages on, all translations are dropped instead of theirs.
constexpr size_t MANY_PAGES = 256;

struct LeafTable {
  uint64_t physical;
  /// Where the entry is that points here, and what it held. Its accessed bit says whether the CPU has walked
  /// through since.
  uint64_t parent;
  uint64_t parent_entry;
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
  /// Of the engine's shadow, where it has one. A frame's shadow goes back with the frame.
  uint8_t *shadow = nullptr;
  uc_context *context = nullptr;
  PagingState paging = {};
  /// The tables cannot be followed by dirty bits (large pages, shared tables, no paging): compare everything.
  bool irregular = false;
  std::vector<LeafTable> leaves;
  /// Frames of the other tables.
  std::vector<uint32_t> uppers;
  /// One byte a frame: 1..4 where it is a table of this snapshot.
  std::vector<uint8_t> level;
  /// Executable frames and an address each can be executed at.
  std::unordered_map<uint64_t, uint64_t> code;
  std::vector<uint8_t> is_code;
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

void put_back(Engine *e, const Snapshot *s, uint64_t frame) {
  copy_frame(e->ram, s->memory, frame);
  if (s->shadow != nullptr) memcpy(e->shadow + frame * SHADOW_PAGE, s->shadow + frame * SHADOW_PAGE, SHADOW_PAGE);
}

/// An anonymous copy of the memory in use; null when there is no room.
uint8_t *copy_memory(const uint8_t *from, size_t size) {
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  madvise(memory, size, MADV_NOHUGEPAGE);
  const std::vector<uint8_t> resident = resident_frames(from, size);
  for (size_t frame = 0; frame < resident.size(); frame++)
    if (resident[frame]) copy_frame(static_cast<uint8_t *>(memory), from, frame);
  return static_cast<uint8_t *>(memory);
}

void map_tables(Engine *e, Snapshot *s) {
  auto leaf = [&](uint64_t *table, uint64_t physical, uint64_t *parent, uint64_t base) {
    *parent &= ~PTE_ACCESSED;
    s->leaves.push_back({physical, uint64_t(reinterpret_cast<uint8_t *>(parent) - e->ram), *parent, {}});
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
      if (!(table[i] & PTE_PRESENT)) continue;
      table[i] &= ~PTE_DIRTY;
      const uint64_t frame = (table[i] & PTE_ADDRESS) / PAGE;
      if ((table[i] & PTE_NO_EXECUTE) || frame >= s->is_code.size()) continue;
      s->is_code[frame] = 1;
      s->code[frame] = base + i * PAGE;
    }
  };
  auto upper = [&](uint64_t physical) { s->uppers.push_back(uint32_t(physical / PAGE)); };
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
    uint64_t parent;
    memcpy(&parent, e->ram + leaf.parent, 8);
    if (__builtin_expect(parent == leaf.parent_entry, 1)) return true;
    if ((parent | MARKS) != (leaf.parent_entry | MARKS)) return false;
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
  const double limit = e->shared->counters[FRAME_LIMIT];
  const size_t frames = e->ram_size / PAGE;
  const size_t count = limit >= 0 && limit < double(frames) ? (size_t(limit) + STEP - 1) / STEP * STEP : frames;
  uint8_t *marks = e->host_dirty;
  // The buffer is a whole number of host pages, so the last step stays inside.
  for (size_t at = 0; at < count; at += STEP) {
    auto part = reinterpret_cast<const __m128i *>(marks + at);
    __m128i any = _mm_or_si128(_mm_load_si128(part), _mm_load_si128(part + 1));
    for (int i = 2; i < 8; i++) any = _mm_or_si128(any, _mm_load_si128(part + i));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(any, _mm_setzero_si128())) == 0xffff) continue;
    for (size_t frame = at; frame < at + STEP && frame < frames; frame++)
      if (marks[frame]) out.push_back(uint32_t(frame));
    memset(marks + at, 0, STEP);
  }
}

void forget_translations(Engine *e, const std::vector<uint64_t> &pages) {
  if (pages.size() > MANY_PAGES) return drop_translations(e);
  for (uint64_t address : pages) invalidate_code(e, address, PAGE);
}

void finish_restore(Engine *e, Snapshot *s) {
  uc_context_restore(e->uc, s->context);
  publish_registers(e);
  e->coverage.previous = 0;
}

/// Puts one frame back; true when it was changed code.
bool restore_frame(Engine *e, Snapshot *s, uint32_t frame) {
  const bool changed = s->is_code[frame] && memcmp(e->ram + frame * PAGE, s->memory + frame * PAGE, PAGE) != 0;
  put_back(e, s, frame);
  return changed;
}

/// A set of frames that remembers the order of entry.
struct FrameSet {
  std::vector<uint8_t> has;
  std::vector<uint32_t> list;
  void add(uint64_t frame) {
    if (frame >= has.size() || has[frame]) return;
    has[frame] = 1;
    list.push_back(uint32_t(frame));
  }
};

struct CodePage {
  uint64_t frame, address;
};

/// Adds what the CPU has written through the tables as they now are, with the tables it has walked, and the
/// pages it may have executed. False: a table itself was written to by the guest, so it may hold anything.
bool scan_tables(Engine *e, Snapshot *s, FrameSet &dirty, std::vector<CodePage> &code) {
  std::vector<uint8_t> seen(dirty.has.size(), 0);
  std::vector<uint32_t> walked;
  bool irregular = false;
  auto leaf = [&](uint64_t *table, uint64_t physical, uint64_t *parent, uint64_t base) {
    if (!(*parent & PTE_ACCESSED)) return;
    walked.push_back(uint32_t(physical / PAGE));
    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
      const uint64_t entry = table[i];
      if (!(entry & PTE_PRESENT)) continue;
      if (entry & PTE_DIRTY) dirty.add((entry & PTE_ADDRESS) / PAGE);
      if (!(entry & PTE_NO_EXECUTE)) code.push_back({(entry & PTE_ADDRESS) / PAGE, base + i * PAGE});
    }
  };
  walk_tables(e->ram, e->ram_size, s->paging.cr3, seen.data(), leaf, [](uint64_t) {}, [&] { irregular = true; });
  for (uint32_t frame : dirty.list) irregular |= seen[frame] != 0;
  for (uint32_t frame : walked)
    if (s->level[frame]) dirty.add(frame);
  return !irregular;
}

void forget_known(Snapshot *s) {
  for (uint32_t frame : s->known) s->is_known[frame] = 0;
  s->known.clear();
  for (auto &table : s->leaves) table.expected.clear();
}

/// The tables were changed by the host: pages may be reachable, and written, through new entries.
/// Returns SIZE_MAX, having done nothing, where that cannot be followed.
size_t restore_tables(Engine *e, Snapshot *s, const std::vector<uint32_t> &host) {
  FrameSet dirty;
  dirty.has.assign(e->ram_size / PAGE, 0);
  std::vector<CodePage> code;
  std::vector<uint64_t> before, changed;
  uc_ctl_flush_tlb(e->uc);
  if (!scan_tables(e, s, dirty, code)) return SIZE_MAX;
  for (uint32_t frame : s->uppers) dirty.add(frame);
  for (uint32_t frame : s->known) dirty.add(frame);
  for (uint32_t frame : host) dirty.add(frame);
  // New code may come to the same addresses, in the same frames.
  for (const CodePage &page : code)
    if (page.frame < dirty.has.size() && dirty.has[page.frame]) before.push_back(page.address);
  forget_translations(e, before);
  for (uint32_t frame : dirty.list)
    if (restore_frame(e, s, frame)) changed.push_back(s->code[frame]);
  forget_known(s);
  finish_restore(e, s);
  uc_ctl_flush_tlb(e->uc);
  forget_translations(e, changed);
  return dirty.list.size();
}

/// The guest may have changed its own tables: nothing is known, so compare all there is.
size_t restore_all(Engine *e, Snapshot *s) {
  const std::vector<uint8_t> now = resident_frames(e->ram, e->ram_size);
  const std::vector<uint8_t> then = resident_frames(s->memory, e->ram_size);
  size_t copied = 0;
  for (size_t frame = 0; frame < now.size(); frame++) {
    if (!now[frame] && !then[frame]) continue;
    if (memcmp(e->ram + frame * PAGE, s->memory + frame * PAGE, PAGE) == 0) continue;
    put_back(e, s, frame);
    copied++;
  }
  if (s->shadow != nullptr) memcpy(e->shadow, s->shadow, e->ram_size / 8);
  forget_known(s);
  finish_restore(e, s);
  uc_ctl_flush_tlb(e->uc);
  drop_translations(e);
  return copied;
}

}  // namespace

const char *take_snapshot(Engine *e) {
  drop_snapshot(e);
  auto s = e->snapshot = new Snapshot();
  const size_t frames = e->ram_size / PAGE;
  s->level.assign(frames, 0);
  s->is_known.assign(frames, 0);
  s->is_code.assign(frames, 0);
  s->paging = paging_state(e->uc);
  if (s->paging.cr0 >> 31 & 1) map_tables(e, s);
  else s->irregular = true;
  uc_ctl_flush_tlb(e->uc);
  s->memory = copy_memory(e->ram, e->ram_size);
  if (e->checks) s->shadow = copy_memory(e->shadow, (e->ram_size / 8 + PAGE - 1) / PAGE * PAGE);
  if (s->memory == nullptr || (e->checks && s->shadow == nullptr) || uc_context_alloc(e->uc, &s->context) != UC_ERR_OK) {
    drop_snapshot(e);
    return "out of memory";
  }
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
  std::vector<uint32_t> changed;
  for (uint32_t frame : s->known)
    if (restore_frame(e, s, frame)) changed.push_back(frame);
  for (uint32_t frame : host) {
    if (s->is_known[frame]) continue;
    copied++;
    if (restore_frame(e, s, frame)) changed.push_back(frame);
  }
  finish_restore(e, s);
  if (changed.empty()) return copied;
  std::vector<uint64_t> pages;
  for (uint32_t frame : changed) pages.push_back(s->code[frame]);
  forget_translations(e, pages);
  return copied;
}

void drop_snapshot(Engine *e) {
  Snapshot *s = e->snapshot;
  if (s == nullptr) return;
  if (s->memory != nullptr) munmap(s->memory, e->ram_size);
  if (s->shadow != nullptr) munmap(s->shadow, (e->ram_size / 8 + PAGE - 1) / PAGE * PAGE);
  if (s->context != nullptr && e->uc != nullptr && e->dead_signal == 0) uc_context_free(s->context);
  delete s;
  e->snapshot = nullptr;
}
