import type { ByteString } from "../../base/bytes.ts";
import type { Journal } from "../journal.ts";
import type { Site } from "../oops/incident.ts";
import type { WarnSite } from "./env.ts";
import { NESTED } from "./fault-places.ts";

/** What the warnings of the format engine need of the kernel. */
export interface WarningHost {
  readonly journal: Journal;
  readonly traces: { warn(site: Site, options: { message?: ByteString; via: readonly ByteString[] }): void };
  /** FormatEnv's. */
  callers(): readonly ByteString[];
}

/** A place in lib/vsprintf.c as Debian's 6.1.0-56-amd64 reports it, and where vsnprintf calls it from. */
interface Place extends Site {
  readonly from: ByteString | undefined;
}

const PLACES: Readonly<Record<WarnSite, Place>> = {
  unsupported: {
    source: "lib/vsprintf.c:2661",
    at: "format_decode+0x441/0x540",
    code: "ff ff c6 45 05 08 ba 12 00 00 00 e9 9b fc ff ff 0f be f2 48 c7 c7 40 51 41 82 48 89 04 24 c6 05 e3 91 21 01 01 e8 3f 3b 6b ff <0f> 0b 48 8b 04 24 e9 fc fd ff ff 48 8d 7c 24 08 e8 5a f3 ff ff 88",
    from: "vsnprintf+0x6d/0x550",
  },
  rust: {
    source: "lib/vsprintf.c:2466",
    at: "pointer+0x5ad/0x630",
    code: "48 89 ea 5b 5d 41 5c 41 5d e9 9f da ff ff 48 c7 c7 78 51 41 82 48 89 54 24 08 48 89 34 24 c6 05 e8 4d 21 01 01 e8 43 f7 6a ff <0f> 0b 48 8b 54 24 08 48 8b 34 24 e9 0f fe ff ff 48 b9 ff ff ff ff",
    from: "vsnprintf+0x1a8/0x550",
  },
  width: {
    source: "lib/vsprintf.c:2693",
    at: "set_field_width+0x71/0x80",
    code: "88 63 02 c1 e8 10 88 43 03 48 83 c4 08 5b c3 cc cc cc cc 48 c7 c7 ae 51 41 82 89 74 24 04 c6 05 72 90 21 01 01 e8 cf 39 6b ff <0f> 0b 8b 74 24 04 eb b7 0f 1f 80 00 00 00 00 55 0f bf c6 48 89 fd",
    from: "vsnprintf+0x201/0x550",
  },
  precision: {
    source: "lib/vsprintf.c:2702",
    at: "set_precision+0x56/0x60",
    code: "b8 ff 7f 00 00 39 c3 0f 4f d8 88 5d 06 88 7d 07 5b 5d c3 cc cc cc cc 48 c7 c7 c7 51 41 82 c6 05 0c 90 21 01 01 e8 6a 39 6b ff <0f> 0b eb cb 66 0f 1f 44 00 00 89 c8 41 54 c1 f8 08 55 53 48 89 fb",
    from: "vsnprintf+0x251/0x550",
  },
  size: {
    source: "lib/vsprintf.c:2743",
    at: "vsnprintf+0x4ad/0x550",
    code: "ff 48 8b 45 08 48 8d 50 08 48 89 55 08 e9 1c fe ff ff 83 fa 2f 76 62 48 8b 45 08 48 8d 50 08 48 89 55 08 8b 10 e9 07 fe ff ff <0f> 0b e9 94 fc ff ff 41 0f b6 55 00 49 89 c7 4c 89 eb e9 59 fd ff",
    from: undefined,
  },
};

/** FormatEnv's `warnOnce`: WARN_ONCE blocks, each place once a boot. `depth` counts enclosing `%pV`s. */
export const createFormatWarnings = (
  host: WarningHost,
): ((site: WarnSite, message: ByteString, depth: number) => void) => {
  const said = host.journal.set<WarnSite>();
  return (site, message, depth) => {
    if (said.has(site)) return;
    said.add(site);
    const { from, ...place } = PLACES[site];
    const nested = Array.from({ length: depth }, () => NESTED).flat();
    const via = [...(from === undefined ? [] : [from]), ...nested, ...host.callers()];
    const line = message.trimEnd();
    host.traces.warn(place, line === "" ? { via } : { message: line, via });
  };
};
