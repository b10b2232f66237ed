// Compares every access of the guest with a shadow of its memory: one byte for eight, 0 when all eight may be
// accessed, 1..7 when only the first so many, 128 and more when none may (mm/kasan/kasan.h).
#include "engine.h"

namespace {

uint64_t guest_rip(Engine *e) {
  uint64_t rip = 0;
  uc_reg_read(e->uc, UC_X86_REG_RIP, &rip);
  return rip;
}

/// The shadow byte that forbids the access, or 0.
uint8_t forbidden(const Engine *e, uint64_t address, uint64_t size) {
  if (address >= e->ram_size) return 0;
  uint64_t last = address + size - 1;
  if (last >= e->ram_size) last = e->ram_size - 1;
  for (uint64_t granule = address >> 3; granule <= last >> 3; granule++) {
    const uint8_t shadow = e->shadow[granule];
    if (shadow == 0) continue;
    const unsigned end = granule == last >> 3 ? unsigned(last & 7) : 7;
    if (shadow >= 8 || end >= shadow) return shadow;
  }
  return 0;
}

void report(Engine *e, uint64_t address, uint64_t size, bool write, uint8_t shadow) {
  Violations *v = e->violations;
  const uint64_t rip = guest_rip(e);
  // The host may have written anything to the count.
  if (v->count < VIOLATION_LIMIT) v->list[v->count] = {rip, address, size | uint64_t(write) << 8 | uint64_t(shadow) << 16};
  if (v->count < UINT64_MAX) v->count++;
  if (v->stop == 0) return;
  e->reason = STOP_CHECK;
  e->stop_address = rip;
  uc_emu_stop(e->uc);
}

void check(Engine *e, uint64_t address, uint64_t size, bool write) {
  const uint8_t shadow = forbidden(e, address, size);
  if (__builtin_expect(shadow != 0, 0)) report(e, address, size, write, shadow);
}

/// A load that crosses a page comes three times: as it is, then both aligned halves in full. Only the third
/// says where the second page is. Of a store that crosses only the first page is known.
void on_access(uc_engine *, uc_mem_type type, uint64_t address, int length, int64_t, void *data) {
  auto e = static_cast<Engine *>(data);
  const uint64_t size = uint64_t(length), room = 4096 - address % 4096;
  const bool write = type == UC_MEM_WRITE;
  auto &crossing = e->crossing;
  if (__builtin_expect(crossing.expected != 0, 0)) {
    const unsigned step = crossing.expected--;
    if (!write && size == crossing.size && address % size == 0) {
      if (step == 1) check(e, address, crossing.rest, false);
      return;
    }
    crossing.expected = 0;
  }
  if (e->reason != STOP_HLT) return;
  check(e, address, size < room ? size : room, write);
  if (!write && size > room) crossing = {2, unsigned(size), unsigned(size - room)};
}

}  // namespace

bool install_checks(Engine *e) {
  uc_hook hook;
  return uc_hook_add(e->uc, &hook, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, reinterpret_cast<void *>(on_access), e, 1, 0) ==
         UC_ERR_OK;
}
