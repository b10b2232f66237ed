import type { ByteString } from "../../base/bytes.ts";
import { errorPointer, hashedPointer, plainPointer, symbolPointer } from "./address.ts";
import {
  addressValue,
  bitmapList,
  bitmapString,
  escapedString,
  fourccString,
  hexString,
  netdevBits,
  probeString,
  uuidString,
} from "./bytes.ts";
import type { PointerConversion } from "./conversion.ts";
import { flagsString } from "./flags.ts";
import { fwnodeName } from "./fwnode.ts";
import { ipAddress, macAddress } from "./network.ts";
import { blockDeviceName, clockName, dentryName, deviceNode, fileName, rustArgument } from "./objects.ts";
import { resourceString } from "./resource.ts";
import { timeAndDate } from "./time.ts";

/** A `%p` and its letters (`pointer` in lib/vsprintf.c), without the nesting `%pV`. */
export const pointerText = (conversion: PointerConversion): ByteString => {
  switch (conversion.suffix[0]) {
    case "S":
    case "s":
    case "B":
      return symbolPointer(conversion);
    case "R":
    case "r":
      return resourceString(conversion);
    case "h":
      return hexString(conversion);
    case "b":
      return conversion.suffix[1] === "l" ? bitmapList(conversion) : bitmapString(conversion);
    case "M":
    case "m":
      return macAddress(conversion);
    case "I":
    case "i":
      return ipAddress(conversion);
    case "E":
      return escapedString(conversion);
    case "U":
      return uuidString(conversion);
    case "N":
      return netdevBits(conversion);
    case "4":
      return fourccString(conversion);
    case "a":
      return addressValue(conversion);
    case "t":
      return timeAndDate(conversion);
    case "G":
      return flagsString(conversion);
    case "x":
      return plainPointer(conversion);
    case "e":
      return errorPointer(conversion);
    case "u":
    case "k":
      return probeString(conversion);
    default:
      return objectText(conversion);
  }
};

const objectText = (conversion: PointerConversion): ByteString => {
  switch (conversion.suffix[0]) {
    case "d":
      return dentryName(conversion);
    case "D":
      return fileName(conversion);
    case "g":
      return blockDeviceName(conversion);
    case "C":
      return clockName(conversion);
    case "O":
      return deviceNode(conversion);
    case "f":
      return fwnodeName(conversion);
    case "A":
      return rustArgument(conversion);
    default:
      // `%pK` too: kernel.kptr_restrict is 0.
      return hashedPointer(conversion);
  }
};
