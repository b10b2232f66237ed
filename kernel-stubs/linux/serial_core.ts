/** include/linux/serial_core.h, as drivers/tty/serial/serial_core.c does it. */
import type { Address } from "../../src/base/address.ts";
import { ENOMEM } from "../../src/base/errno.ts";
import { Errno } from "../../src/base/errors.ts";
import type { Kernel } from "../../src/kernel/kernel.ts";
import { GFP_KERNEL } from "../../src/kernel/memory/gfp.ts";
import type { Routine } from "../../src/kernel/routine.ts";
import { TTY_DRIVER } from "../../src/kernel/tty/drivers.ts";
import { initialisePort } from "../../src/kernel/tty/ports.ts";
import { stub } from "../../src/stub/declare.ts";
import { CLOSED } from "./tty_driver.ts";

const TTY_DRIVER_TYPE_SERIAL = 3;
const SERIAL_TYPE_NORMAL = 1;
/** B9600 | CS8 | CREAD | HUPCL | CLOCAL */
const CFLAG = 0o6275;
const SPEED = 9600;

const fill = (k: Kernel, drv: Address, driver: Address): void => {
  const uart = k.struct("uart_driver", drv);
  const tty = k.struct("tty_driver", driver);
  uart.tty_driver = driver as never;
  tty.driver_name = uart.driver_name;
  tty.name = uart.dev_name;
  tty.major = uart.major;
  tty.minor_start = uart.minor;
  tty.type = TTY_DRIVER_TYPE_SERIAL;
  tty.subtype = SERIAL_TYPE_NORMAL;
  tty.driver_state = drv as never;
  const standard = k.profile.symbol("tty_std_termios")?.address ?? 0;
  const size = k.sizeOf("ktermios");
  k.image.placeData(standard, size);
  k.memory.write(driver + k.offsetOf("tty_driver", "init_termios"), k.memory.bytes(standard, size));
  tty.init_termios.c_cflag = CFLAG;
  tty.init_termios.c_ispeed = SPEED;
  tty.init_termios.c_ospeed = SPEED;
};

function* register(k: Kernel, drv: Address): Routine<void> {
  const uart = k.struct("uart_driver", drv);
  const size = k.sizeOf("uart_state");
  const state = k.heap.kmalloc(uart.nr * size, GFP_KERNEL);
  if (state === 0) throw new Errno(ENOMEM);
  uart.state = state as never;
  let driver: Address = 0;
  try {
    driver = k.tty.allocate(uart.nr, 0, TTY_DRIVER.REAL_RAW | TTY_DRIVER.DYNAMIC_DEV);
    fill(k, drv, driver);
    for (let index = 0; index < uart.nr; index += 1) initialisePort(k, state + index * size);
    yield* k.tty.register(driver);
  } catch (error) {
    if (driver !== 0) yield* k.tty.put(driver);
    uart.tty_driver = 0 as never;
    uart.state = 0 as never;
    k.heap.kfree(state);
    throw error;
  }
}

export const uartRegisterDriver = stub(
  "int uart_register_driver(struct uart_driver *drv)",
  { fails: ["ENOMEM", "EBUSY"], sleeps: true, acquires: { uart_driver: "drv" }, level: CLOSED },
  function* (k, { drv }) {
    yield* register(k, drv);
    return 0;
  },
);
export const uartUnregisterDriver = stub(
  "void uart_unregister_driver(struct uart_driver *drv)",
  { sleeps: true, releases: { uart_driver: "drv" } },
  function* (k, { drv }) {
    const uart = k.struct("uart_driver", drv);
    k.tty.unregister(uart.tty_driver);
    yield* k.tty.put(uart.tty_driver);
    k.heap.kfree(uart.state);
    uart.state = 0 as never;
    uart.tty_driver = 0 as never;
  },
);
