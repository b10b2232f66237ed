import { GuestFault } from "../../base/errors.ts";

/**
 * Ends the host code of a stub whose task is not to go on (BUG(), panic()). To the executor it is a
 * fault like any other; what it means is kept in the oops state until the executor asks.
 */
export class GuestTrap extends GuestFault {
  constructor() {
    super(0, { write: false, present: false });
  }
}
