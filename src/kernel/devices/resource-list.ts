/** Ports and physical addresses of the recorded machine and who has them: /proc/ioports, /proc/iomem. */

/** Indented below what it lies in. `busy`: taken by a driver, which bars others. */
export interface KnownResource {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly depth: number;
  readonly busy: boolean;
}

const PORTS = `
0000-0cf7 PCI Bus 0000:00
.0000-001f *dma1
.0020-0021 *pic1
.0040-0043 *timer0
.0050-0053 *timer1
.0060-0060 *keyboard
.0064-0064 *keyboard
.0070-0077 *rtc0
.0080-008f *dma page reg
.00a0-00a1 *pic2
.00c0-00df *dma2
.00f0-00ff *fpu
.0170-0177 0000:00:01.1
.01f0-01f7 0000:00:01.1
.02f8-02ff *serial
.0376-0376 0000:00:01.1
.03f6-03f6 0000:00:01.1
.03f8-03ff *serial
.0510-051b QEMU0002:00
.0600-063f 0000:00:01.3
..0600-0603 *ACPI PM1a_EVT_BLK
..0604-0605 *ACPI PM1a_CNT_BLK
..0608-060b *ACPI PM_TMR
.0700-070f 0000:00:01.3
0cf8-0cff *PCI conf1
0d00-ffff PCI Bus 0000:00
.afe0-afe3 *ACPI GPE0_BLK
.c000-c00f 0000:00:01.1
`;

const MEMORY = `
00000000-00000fff *Reserved
00001000-0009fbff *System RAM
0009fc00-000fffff *Reserved
.000a0000-000bffff PCI Bus 0000:00
.000c0000-000c7fff *Video ROM
.000f0000-000fffff *System ROM
00100000-3ffdffff *System RAM
.01000000-01e01d31 *Kernel code
.02000000-028eafff *Kernel rodata
.02a00000-02c4897f *Kernel data
.03310000-043fffff *Kernel bss
3ffe0000-3fffffff *Reserved
40000000-febfffff PCI Bus 0000:00
fec00000-fec003ff *IOAPIC 0
fed00000-fed003ff *HPET 0
.fed00000-fed003ff PNP0103:00
fee00000-fee00fff *Local APIC
fffc0000-ffffffff *Reserved
100000000-17fffffff PCI Bus 0000:00
fd00000000-ffffffffff *Reserved
`;

const parse = (text: string): KnownResource[] =>
  text
    .trim()
    .split("\n")
    .map((line) => {
      const [, dots = "", start = "", end = "", star = "", name = ""] =
        /^(\.*)([0-9a-f]+)-([0-9a-f]+) (\*?)(.*)$/.exec(line) ?? [];
      return {
        start: Number.parseInt(start, 16),
        end: Number.parseInt(end, 16),
        name,
        depth: dots.length,
        busy: star === "*",
      };
    });

export const knownPorts = (): KnownResource[] => parse(PORTS);
export const knownMemory = (): KnownResource[] => parse(MEMORY);
