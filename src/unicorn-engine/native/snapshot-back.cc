// The ways back: one frame, and the slow ones for when the tables themselves were changed.
#include "snapshot-state.h"
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace {

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

}  // namespace

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

void put_back(Engine *e, const Snapshot *s, uint64_t frame) {
  memcpy(e->ram + frame * PAGE, s->memory + frame * PAGE, PAGE);
  if (s->shadow != nullptr) memcpy(e->shadow + frame * SHADOW_PAGE, s->shadow + frame * SHADOW_PAGE, SHADOW_PAGE);
}

void forget_translations(Engine *e, const std::vector<uint64_t> &pages) {
  if (pages.size() > MANY_PAGES) return drop_translations(e);
  for (uint64_t address : pages) invalidate_code(e, address, PAGE);
}

bool restore_frame(Engine *e, const Snapshot *s, uint32_t frame) {
  const bool changed = s->is_code[frame] && memcmp(e->ram + frame * PAGE, s->memory + frame * PAGE, PAGE) != 0;
  put_back(e, s, frame);
  return changed;
}

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
