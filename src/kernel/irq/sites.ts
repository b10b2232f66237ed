/** Where Debian's 6.1.0-56-amd64 complains about misuse of interrupts: file and line, address, and the bytes there. */
import type { Site } from "../oops/incident.ts";

export const IRQ_SITES = {
  freeTwice: {
    source: "kernel/irq/manage.c:1887",
    at: "free_irq+0x1d3/0x340",
    code: "b3 33 02 00 48 8b 7b 30 e8 1a 4e 19 00 48 89 df 48 8b 6b 50 e8 0e 4e 19 00 eb 38 44 89 f6 48 c7 c7 e8 3f 35 82 e8 dd d8 f7 ff <0f> 0b 48 8b 34 24 4c 89 ef e8 0f 5a 93 00 49 8b 47 40 48 8b 40 78",
  },
  freeInInterrupt: {
    source: "kernel/irq/manage.c:1872",
    at: "free_irq+0x2b7/0x340",
    code: "5f d3 cd 00 e9 df fd ff ff 0f 0b 48 c7 80 c0 00 00 00 00 00 00 00 e9 97 fd ff ff 44 89 f6 48 c7 c7 b8 3f 35 82 e8 f9 d7 f7 ff <0f> 0b e9 97 fd ff ff 41 81 67 78 ff ff f7 ff 4c 89 ff e8 e2 17 00",
  },
  unbalanced: {
    source: "kernel/irq/manage.c:781",
    at: "__enable_irq+0x37/0x60",
    code: "74 19 83 f8 01 74 0e 83 e8 01 89 87 80 00 00 00 c3 cc cc cc cc f6 47 7d 08 74 16 8b 77 2c 48 c7 c7 a0 40 35 82 e8 79 f0 f7 ff <0f> 0b c3 cc cc cc cc 81 4f 78 00 04 00 00 ba 01 00 00 00 be 01 00",
  },
  enabledInterrupts: {
    source: "kernel/irq/handle.c:161",
    at: "__handle_irq_event_percpu+0x150/0x190",
    code: "44 00 00 e9 09 ff ff ff 80 3d 9a 5f ae 01 00 75 1b 48 8b 13 44 89 ee 48 c7 c7 98 3d 35 82 c6 05 84 5f ae 01 01 e8 20 0b f8 ff <0f> 0b fa 0f 1f 44 00 00 e9 fc fe ff ff 3e 48 0f ba 6b 40 01 0f 82",
  },
} as const satisfies Record<string, Site>;
