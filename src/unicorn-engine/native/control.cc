// The CPU's system registers, its TLB and its translations.
#include "engine.h"
#include "tables.h"

namespace {

/// PG, WP, NE, ET, MP, PE
constexpr uint64_t CR0 = 0x80010033;
/// PAE, PGE, OSFXSR, OSXMMEXCPT, FSGSBASE, OSXSAVE, SMEP, SMAP
constexpr uint64_t CR4 = 1u << 5 | 1u << 7 | 1u << 9 | 1u << 10 | 1u << 16 | 1u << 18 | 1u << 20 | 1u << 21;
/// SCE, LME, LMA, NXE
constexpr uint64_t EFER = 1 | 1 << 8 | 1 << 10 | 1 << 11;
constexpr uint32_t MSR_EFER = 0xc0000080, MSR_FS_BASE = 0xc0000100, MSR_GS_BASE = 0xc0000101, MSR_KERNEL_GS_BASE = 0xc0000102;

uint64_t read(Engine *e, int id) {
  uint64_t value = 0;
  uc_reg_read(e->uc, id, &value);
  return value;
}

bool write(Engine *e, int id, uint64_t value) { return uc_reg_write(e->uc, id, &value) == UC_ERR_OK; }

bool paging(Engine *e) { return read(e, UC_X86_REG_CR0) >> 31 & 1; }

/// Paging needs the tables first, and long mode and PAE before it is turned on.
bool turn_on(Engine *e) {
  return write(e, UC_X86_REG_CR4, CR4) && write_msr(e->uc, MSR_EFER, EFER) && write(e, UC_X86_REG_CR0, CR0);
}

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

bool set_control(Engine *e, Control which, uint64_t value) {
  switch (which) {
    case CONTROL_CR3: return write(e, UC_X86_REG_CR3, value) && (paging(e) || turn_on(e));
    case CONTROL_FS_BASE: return write_msr(e->uc, MSR_FS_BASE, value);
    case CONTROL_GS_BASE: return write_msr(e->uc, MSR_GS_BASE, value);
    case CONTROL_KERNEL_GS_BASE: return write_msr(e->uc, MSR_KERNEL_GS_BASE, value);
    default: return false;
  }
}

uint64_t get_control(Engine *e, Control which) {
  switch (which) {
    case CONTROL_CR3: return read(e, UC_X86_REG_CR3);
    case CONTROL_FS_BASE: return read_msr(e->uc, MSR_FS_BASE);
    case CONTROL_GS_BASE: return read_msr(e->uc, MSR_GS_BASE);
    case CONTROL_KERNEL_GS_BASE: return read_msr(e->uc, MSR_KERNEL_GS_BASE);
    case CONTROL_CR0: return read(e, UC_X86_REG_CR0);
    case CONTROL_CR4: return read(e, UC_X86_REG_CR4);
    case CONTROL_EFER: return read_msr(e->uc, MSR_EFER);
    default: return 0;
  }
}

void flush_tlb(Engine *e) { uc_ctl_flush_tlb(e->uc); }

void drop_translations(Engine *e) {
  uc_ctl_flush_tb(e->uc);
  e->code_guess = nullptr;
  // It is empty now; a place that does not say so is not the right one.
  if (code_full(e)) guess_code_buffer(e);
}

void invalidate_code(Engine *e, uint64_t address, uint64_t length) {
  if (length > MANY_PAGES * PAGE) return drop_translations(e);
  if (!paging(e)) {
    if (length > 0 && address < e->ram_size) uc_ctl_remove_cache(e->uc, address, address + length);
    return;
  }
  const uint64_t root = read(e, UC_X86_REG_CR3);
  while (length > 0) {
    const uint64_t room = PAGE - address % PAGE, part = room < length ? room : length;
    uint64_t *entry = find_entry(e->ram, e->ram_size, root, address);
    if (entry != nullptr && table_inside(e->ram_size, *entry)) forget_page(e, entry, address, address + part);
    address += part;
    length -= part;
  }
}
