// Unicorn alone, without Node and without hooks: what the binding is measured against.
// usage: bare IMAGE-HEX RESUME MIXED HELLO INIT   (offsets of the programs in the image); prints JSON.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unicorn/unicorn.h>

#define RAM (16u << 20)
#define BASE 0xffffffffc0000000ull
#define CODE 0x10000
#define DATA (BASE + 0x8000)
#define STACK (BASE + 0xef00)
/// A hlt behind the programs, to which calls return.
#define CODE_END 0xf00

static uint8_t *ram;
static uc_engine *uc;

/// CPU time: other work on the machine does not count.
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec * 1e9 + t.tv_nsec;
}

static void must(uc_err error) {
  if (error == UC_ERR_OK) return;
  fprintf(stderr, "%s\n", uc_strerror(error));
  exit(1);
}

static void entry(uint64_t table, unsigned index, uint64_t value) { memcpy(ram + table + index * 8, &value, 8); }

static void write_register(int id, uint64_t value) { must(uc_reg_write(uc, id, &value)); }

static void boot(void) {
  uc_x86_msr efer = {0xc0000080, 0xd01};
  ram = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  must(uc_open(UC_ARCH_X86, UC_MODE_64, &uc));
  must(uc_ctl_set_cpu_model(uc, UC_CPU_X86_EPYC_ROME));
  must(uc_ctl_set_tcg_buffer_size(uc, 8 << 20));
  must(uc_mem_map_ptr(uc, 0, RAM, UC_PROT_ALL, ram));
  must(uc_ctl_exits_enable(uc));
  entry(0x1000, 511, 0x2003);
  entry(0x2000, 511, 0x3003);
  entry(0x3000, 0, 0x4003);
  for (unsigned page = 0; page < 16; page++) entry(0x4000, page, (CODE + page * 4096ull) | 3);
  write_register(UC_X86_REG_CR3, 0x1000);
  write_register(UC_X86_REG_CR4, 0x3506a0);
  must(uc_reg_write(uc, UC_X86_REG_MSR, &efer));
  write_register(UC_X86_REG_CR0, 0x80010033);
}

static void enter(uint64_t iterations) {
  write_register(UC_X86_REG_RSP, STACK);
  write_register(UC_X86_REG_RDI, DATA);
  write_register(UC_X86_REG_RCX, iterations);
}

/// Stops at a hlt and goes on: what one stub costs at least.
static double resume_loop(uint64_t rip, int rounds) {
  uint64_t value = 0;
  double start;
  enter(0);
  start = now();
  for (int i = 0; i < rounds; i++) {
    must(uc_reg_write(uc, UC_X86_REG_RAX, &value));
    must(uc_emu_start(uc, rip, 0, 0, 0));
    must(uc_reg_read(uc, UC_X86_REG_RIP, &rip));
  }
  return (now() - start) / rounds;
}

static double mixed_loop(uint64_t rip, int rounds) {
  double start;
  enter((uint64_t)rounds);
  start = now();
  must(uc_emu_start(uc, rip, 0, 0, 0));
  return (now() - start) / rounds;
}

/// Each round is one call of a small init: a stub's stop three times, then the end.
static double hello_loop(uint64_t rip, int rounds) {
  const double start = now();
  for (int i = 0; i < rounds; i++) {
    uint64_t at = rip, zero = 0;
    enter(0);
    for (int stop = 0; stop < 4; stop++) {
      must(uc_reg_write(uc, UC_X86_REG_RAX, &zero));
      must(uc_emu_start(uc, at, 0, 0, 0));
      must(uc_reg_read(uc, UC_X86_REG_RIP, &at));
    }
  }
  return (now() - start) / rounds;
}

static uint8_t edges[1 << 16];
static uint64_t previous, new_edges;

/// Counts edges as the binding does.
static void on_block(uc_engine *engine, uint64_t address, uint32_t size, void *data) {
  const uint64_t current = address * 0x9e3779b97f4a7c15ull >> 48;
  uint8_t *hits = &edges[(current ^ previous) % sizeof edges];
  (void)engine, (void)size, (void)data;
  previous = current >> 1;
  if (*hits == 0) new_edges++;
  if (*hits < 255) ++*hits;
}

#define TABLE 0x4000
#define DIRTY 0x40
static uint8_t *saved;
static uint64_t expected[512];
static unsigned known[16], known_count;

#define REGISTERS 17
static const int IDS[REGISTERS] = {
    UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX, UC_X86_REG_RSP, UC_X86_REG_RBP,
    UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_R8,  UC_X86_REG_R9,  UC_X86_REG_R10, UC_X86_REG_R11,
    UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15, UC_X86_REG_RFLAGS};
static uint64_t registers[REGISTERS];
static void *places[REGISTERS];

/// Pages found dirty stay known: their bits are left alone, which saves flushing the TLB.
static void restore(void) {
  if (memcmp(ram + TABLE, expected, sizeof expected) != 0) {
    const uint64_t *table = (const uint64_t *)(ram + TABLE);
    for (unsigned i = 0; i < 16; i++)
      if ((table[i] & DIRTY) && !(expected[i] & DIRTY)) known[known_count++] = i;
    memcpy(expected, table, sizeof expected);
  }
  for (unsigned i = 0; i < known_count; i++) memcpy(ram + CODE + known[i] * 4096, saved + known[i] * 4096, 4096);
  must(uc_reg_write_batch(uc, (int *)IDS, places, REGISTERS));
  previous = 0;
}

/// Each round is one execution of an init from a snapshot: one stub's stop, the return, the way back.
static double execute_loop(uint64_t rip, int rounds) {
  const uint64_t zero = 0, end = BASE + CODE_END;
  const double start = now();
  for (int i = 0; i < rounds; i++) {
    uint64_t at = rip;
    memcpy(ram + CODE + (STACK - BASE), &end, 8);
    for (int stop = 0; stop < 2; stop++) {
      must(uc_reg_write(uc, UC_X86_REG_RAX, &zero));
      must(uc_emu_start(uc, at, 0, 0, 0));
      must(uc_reg_read(uc, UC_X86_REG_RIP, &at));
    }
    if (at != end + 1) exit(3);
    restore();
  }
  return (now() - start) / rounds;
}

static void prepare_executions(void) {
  uc_hook hook;
  must(uc_hook_add(uc, &hook, UC_HOOK_BLOCK, (void *)on_block, NULL, 1, 0));
  ram[CODE + CODE_END] = 0xf4;
  for (unsigned page = 0; page < 16; page++) ram[TABLE + page * 8] &= ~DIRTY;
  must(uc_ctl_flush_tlb(uc));
  memcpy(expected, ram + TABLE, sizeof expected);
  saved = malloc(16 * 4096);
  memcpy(saved, ram + CODE, 16 * 4096);
  enter(0);
  for (unsigned i = 0; i < REGISTERS; i++) places[i] = &registers[i];
  must(uc_reg_read_batch(uc, (int *)IDS, places, REGISTERS));
}

static double best(double (*loop)(uint64_t, int), uint64_t rip, int rounds) {
  double least = 1e300;
  for (int i = 0; i < 5; i++) {
    const double took = loop(rip, rounds);
    if (took < least) least = took;
  }
  return least;
}

int main(int argc, char **argv) {
  unsigned major, minor;
  if (argc != 6) return 2;
  boot();
  for (size_t i = 0; argv[1][i * 2] != 0 && argv[1][i * 2 + 1] != 0; i++) {
    unsigned byte;
    if (sscanf(argv[1] + i * 2, "%2x", &byte) != 1) return 2;
    ram[CODE + i] = (uint8_t)byte;
  }
  const double resume = best(resume_loop, BASE + strtoul(argv[2], NULL, 0), 400000);
  const double mixed = best(mixed_loop, BASE + strtoul(argv[3], NULL, 0), 2000000);
  const double hello = best(hello_loop, BASE + strtoul(argv[4], NULL, 0), 100000);
  prepare_executions();
  const double execute = best(execute_loop, BASE + strtoul(argv[5], NULL, 0), 100000);
  const unsigned version = uc_version(&major, &minor);
  printf("{\"unicorn\":\"%u.%u.%u\",\"resume_ns\":%.1f,\"mixed_ns\":%.2f,\"hello_ns\":%.1f,\"execute_ns\":%.1f,\"dirty_pages\":%u}\n", major, minor,
         version >> 8 & 0xff, resume, mixed, hello, execute, known_count);
  return 0;
}
