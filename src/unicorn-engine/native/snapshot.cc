// Which pages to put back is read from the dirty bits that the CPU sets in the guest's page tables, and
// from the marks of the host. See snapshot-state.h.
#include "snapshot-state.h"
#include <cstring>
#include <emmintrin.h>
#include <sys/mman.h>

namespace {

/// After so many restores the known frames are forgotten, in case few of them are still written.
constexpr unsigned FORGET_AFTER = 2048;

size_t shadow_size(const Engine *e) { return (e->ram_size / 8 + PAGE - 1) / PAGE * PAGE; }

/// An anonymous copy of the memory in use; null when there is no room.
uint8_t *copy_memory(const uint8_t *from, size_t size) {
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  madvise(memory, size, MADV_NOHUGEPAGE);
  const std::vector<uint8_t> resident = resident_frames(from, size);
  for (size_t frame = 0; frame < resident.size(); frame++)
    if (resident[frame]) memcpy(static_cast<uint8_t *>(memory) + frame * PAGE, from + frame * PAGE, PAGE);
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

void expect(const Snapshot *s, LeafTable &leaf) {
  const uint64_t *from = table_at(s->memory, leaf.physical);
  unsigned first = 0, end = TABLE_ENTRIES;
  while (first < end - 1 && !(from[first] & PTE_PRESENT)) first++;
  while (end > first + 1 && !(from[end - 1] & PTE_PRESENT)) end--;
  leaf.first = first;
  leaf.expected.assign(from + first, from + end);
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
    expect(s, leaf);
  }
  table += leaf.first;
  const size_t count = leaf.expected.size();
  if (memcmp(table, leaf.expected.data(), count * 8) == 0) return true;
  for (size_t i = 0; i < count; i++) {
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
  const double limit = e->shared->counters[FRAME_LIMIT], from = e->shared->counters[FRAME_FIRST];
  const size_t frames = e->ram_size / PAGE;
  const size_t count = limit >= 0 && limit < double(frames) ? (size_t(limit) + STEP - 1) / STEP * STEP : frames;
  const size_t first = from > 0 && from < double(frames) ? size_t(from) / STEP * STEP : 0;
  uint8_t *marks = e->host_dirty;
  // The buffer is a whole number of host pages, so the last step stays inside.
  for (size_t at = first; at < count; at += STEP) {
    auto part = reinterpret_cast<const __m128i *>(marks + at);
    __m128i any = _mm_or_si128(_mm_load_si128(part), _mm_load_si128(part + 1));
    for (int i = 2; i < 8; i++) any = _mm_or_si128(any, _mm_load_si128(part + i));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(any, _mm_setzero_si128())) == 0xffff) continue;
    for (size_t frame = at; frame < at + STEP && frame < frames; frame++)
      if (marks[frame]) out.push_back(uint32_t(frame));
    memset(marks + at, 0, STEP);
  }
}

}  // namespace

const char *take_snapshot(Engine *e) {
  drop_snapshot(e);
  auto s = e->snapshot = new Snapshot();
  const size_t frames = e->ram_size / PAGE;
  s->level.assign(frames, 0);
  s->is_known.assign(frames, 0);
  s->is_code.assign(frames, 0);
  s->paging = paging_state(e);
  if (s->paging.cr0 >> 31 & 1) map_tables(e, s);
  else s->irregular = true;
  uc_ctl_flush_tlb(e->uc);
  s->memory = copy_memory(e->ram, e->ram_size);
  if (e->checks) s->shadow = copy_memory(e->shadow, shadow_size(e));
  if (s->memory == nullptr || (e->checks && s->shadow == nullptr) || uc_context_alloc(e->uc, &s->context) != UC_ERR_OK) {
    drop_snapshot(e);
    return "out of memory";
  }
  memset(e->host_dirty, 0, frames);
  uc_context_save(e->uc, s->context);
  copy_cpu(e, s);
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
  if (s->irregular || guest_tables || !same_paging(e, s)) return restore_all(e, s);
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
  if (s->shadow != nullptr) munmap(s->shadow, shadow_size(e));
  if (s->context != nullptr && e->uc != nullptr && e->dead_signal == 0) uc_context_free(s->context);
  delete s;
  e->snapshot = nullptr;
}
