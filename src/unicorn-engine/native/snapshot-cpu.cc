// The CPU's part of a snapshot.
#include "snapshot-state.h"
#include <cstring>
#include <emmintrin.h>

namespace {

constexpr size_t CR_COUNT = 5;

uint64_t word_at(const uint8_t *bytes) {
  uint64_t word;
  memcpy(&word, bytes, 8);
  return word;
}

/// Where the one place that `matches` is; zero for none or several.
template <typename Matches> size_t only_place(const std::vector<uint8_t> &bytes, size_t size, Matches matches) {
  size_t found = 0, count = 0;
  for (size_t at = 8; at + size <= bytes.size(); at += 8)
    if (matches(bytes.data() + at)) found = at, count++;
  return count == 1 ? found : 0;
}

/// In vectors, aligned or not: see CpuCopy.
void copy_fast(uint8_t *to, const uint8_t *from, size_t size) {
  size_t at = 0;
  for (; at + 64 <= size; at += 64) {
    auto source = reinterpret_cast<const __m128i *>(from + at);
    auto target = reinterpret_cast<__m128i *>(to + at);
    const __m128i a = _mm_loadu_si128(source), b = _mm_loadu_si128(source + 1);
    const __m128i c = _mm_loadu_si128(source + 2), d = _mm_loadu_si128(source + 3);
    _mm_storeu_si128(target, a);
    _mm_storeu_si128(target + 1, b);
    _mm_storeu_si128(target + 2, c);
    _mm_storeu_si128(target + 3, d);
  }
  for (; at + 8 <= size; at += 8) memcpy(to + at, from + at, 8);
  for (; at < size; at++) to[at] = from[at];
}

}  // namespace

PagingState paging_state(Engine *e) {
  return {get_control(e, CONTROL_CR0), get_control(e, CONTROL_CR3), get_control(e, CONTROL_CR4), get_control(e, CONTROL_EFER)};
}

void copy_cpu(Engine *e, Snapshot *s) {
  if (e->live == nullptr) return;
  const size_t size = uc_context_size(e->uc);
  auto saved = reinterpret_cast<const uint8_t *>(s->context);
  // The saved CPU is the context's tail, behind a header of the library's own.
  for (size_t header = 0; header < 256 && header + RIP * 8 < size; header += 8) {
    if (memcmp(saved + header, e->live, RIP * 8) != 0) continue;
    s->cpu.bytes.assign(saved + header, saved + size);
    break;
  }
  if (s->cpu.bytes.empty() || memcmp(s->cpu.bytes.data(), e->live, s->cpu.bytes.size()) != 0) return s->cpu.bytes.clear();
  read_registers(e->uc, e->live, s->cpu.registers);
  const PagingState &paging = s->paging;
  s->cpu.cr0 = only_place(s->cpu.bytes, CR_COUNT * 8, [&](const uint8_t *at) {
    return word_at(at) == paging.cr0 && word_at(at + 24) == paging.cr3 && word_at(at + 32) == paging.cr4;
  });
  s->cpu.efer = only_place(s->cpu.bytes, 8, [&](const uint8_t *at) { return word_at(at) == paging.efer; });
}

bool same_paging(Engine *e, const Snapshot *s) {
  if (s->cpu.cr0 == 0 || s->cpu.efer == 0) return paging_state(e) == s->paging;
  auto now = reinterpret_cast<const uint8_t *>(e->live), then = s->cpu.bytes.data();
  // All but CR2, which faults change.
  const size_t cr0 = s->cpu.cr0, cr3 = cr0 + 24, cr4 = cr0 + 32, efer = s->cpu.efer;
  return word_at(now + cr0) == word_at(then + cr0) && word_at(now + cr3) == word_at(then + cr3) &&
         word_at(now + cr4) == word_at(then + cr4) && word_at(now + efer) == word_at(then + efer);
}

void finish_restore(Engine *e, const Snapshot *s) {
  e->coverage.previous = 0;
  if (s->cpu.bytes.empty()) {
    uc_context_restore(e->uc, s->context);
    return publish_registers(e);
  }
  copy_fast(reinterpret_cast<uint8_t *>(e->live), s->cpu.bytes.data(), s->cpu.bytes.size());
  memcpy(e->shared->registers, s->cpu.registers, sizeof s->cpu.registers);
  e->rip = s->cpu.registers[RIP];
}
