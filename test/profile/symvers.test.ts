import { describe, expect, it } from "vitest";
import { readSymvers } from "../../src/profile/symvers.ts";

describe("Module.symvers", () => {
  it("is read line by line", () => {
    const text = [
      "0x4c9d28b0\tphys_base\tvmlinux\tEXPORT_SYMBOL\t",
      "0x039823de\tdma_buf_fd\tvmlinux\tEXPORT_SYMBOL_GPL\tDMA_BUF",
      "0x815f2897\tusb_alloc_urb\tdrivers/usb/core/usbcore\tEXPORT_SYMBOL_GPL\t",
      "",
    ].join("\n");
    expect(readSymvers(text)).toEqual([
      { crc: 0x4c9d28b0, name: "phys_base", provider: "vmlinux", gpl: false, namespace: "" },
      { crc: 0x039823de, name: "dma_buf_fd", provider: "vmlinux", gpl: true, namespace: "DMA_BUF" },
      {
        crc: 0x815f2897,
        name: "usb_alloc_urb",
        provider: "drivers/usb/core/usbcore",
        gpl: true,
        namespace: "",
      },
    ]);
  });

  it.each(["phys_base", "0x12\tx\tvmlinux\tEXPORT_SYMBOL\t", "0x12345678\tx\tvmlinux\tEXPORTED\t", "\t\t\t"])(
    "refuses %j",
    (line) => {
      expect(() => readSymvers(`0x00000000\ta\tvmlinux\tEXPORT_SYMBOL\t\n${line}\n`)).toThrow(/line 2/);
    },
  );
});
