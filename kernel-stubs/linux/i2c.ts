/** include/linux/i2c.h: registrations. */
import { registrations } from "../registrations.ts";

export const linuxICRegistrations = registrations("no I2C bus has anything on it", [
  {
    kind: "i2c_driver",
    add: "int i2c_register_driver(struct module *owner, struct i2c_driver *driver)",
    remove: "void i2c_del_driver(struct i2c_driver *driver)",
    by: { add: "driver", remove: "driver" },
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
    twice: "EBUSY",
  },
  {
    kind: "i2c_adapter",
    add: "int i2c_add_adapter(struct i2c_adapter *adapter)",
    remove: "void i2c_del_adapter(struct i2c_adapter *adap)",
    by: { add: "adapter", remove: "adap" },
    fails: ["EBUSY", "EINVAL", "ENOMEM"],
  },
]);
