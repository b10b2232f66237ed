/** The ACPI namespace of the recorded machine (QEMU's "pc"), as its tables make it. */
import type { Address } from "../../base/address.ts";
import type { ByteString } from "../../base/bytes.ts";
import type { Kernel } from "../kernel.ts";

export interface AcpiNode {
  /** Four characters; "\\" for the root. */
  readonly name: ByteString;
  /** ACPI_TYPE_* (include/acpi/actypes.h). */
  readonly type: number;
  readonly hid: ByteString | undefined;
  readonly uid: ByteString | undefined;
  readonly parent: AcpiNode | undefined;
  readonly children: AcpiNode[];
  /** Its place among all. */
  readonly index: number;
}

export const ACPI_TYPE = { ANY: 0, DEVICE: 6, METHOD: 8, MAX: 0x0e } as const;
/** ACPI_ROOT_OBJECT */
const ROOT_OBJECT: Address = -1;

/** name:type@HID/UID and what is below it; * stands for the slots that nothing is plugged into. */
const MACHINE = `
  _GPE:27 { _HID:2 _E02:8 _E01:8 } _PR_:27 _SB_:6 { PCI0:6@PNP0A03/0 { _HID:1 _ADR:1 _UID:1 PCST:10
  PCIU:17 PCID:17 SEJ_:10 B0EJ:17 BNMR:10 BNUM:17 PIDX:17 BLCK:9 PCEJ:8 AIDX:8 PDSM:8 _PRT:8
  PRES:6@PNP0A06/CPU+Hotplug+resources { _HID:1 _UID:2 CPLK:9 _CRS:3 PRST:10 CPEN:17 CINS:17 CRMV:17
  CEJ0:17 CEJF:17 CCMD:17 CSEL:17 CDAT:17 _INI:8 } _CRS:3 GPE0:6@PNP0A06/GPE0+resources { _HID:2
  _UID:2 _STA:1 _CRS:3 } PHPR:6@PNP0A06/PCI+Hotplug+resources { _HID:2 _UID:2 _STA:1 _CRS:3 }
  FWCF:6@QEMU0002 { _HID:2 _STA:1 _CRS:3 } BSEL:1 S00_:6 { _ADR:1 ASUN:1 _DSM:8 } S08_:6 { _ADR:1
  ASUN:1 _DSM:8 P40C:10 KBD_:6@PNP0303 { _HID:1 _STA:1 _CRS:3 } MOU_:6@PNP0F13 { _HID:1 _STA:1
  _CRS:3 } FDC0:6@PNP0700 { _HID:1 _CRS:3 _FDE:3 } COM2:6@PNP0501/2 { _HID:1 _UID:1 _STA:1 _CRS:3 }
  COM1:6@PNP0501/1 { _HID:1 _UID:1 _STA:1 _CRS:3 } RTC_:6@PNP0B00 { _HID:1 _CRS:3 } } * DVNT:8
  PCNT:8 } IQST:8 IQCR:8 LNKA:6@PNP0C0F/0 { _HID:1 _UID:1 _PRS:3 _STA:8 _DIS:8 _CRS:8 _SRS:8 }
  LNKB:6@PNP0C0F/1 { _HID:1 _UID:1 _PRS:3 _STA:8 _DIS:8 _CRS:8 _SRS:8 } LNKC:6@PNP0C0F/2 { _HID:1
  _UID:1 _PRS:3 _STA:8 _DIS:8 _CRS:8 _SRS:8 } LNKD:6@PNP0C0F/3 { _HID:1 _UID:1 _PRS:3 _STA:8 _DIS:8
  _CRS:8 _SRS:8 } LNKS:6@PNP0C0F/4 { _HID:1 _UID:1 _PRS:3 _STA:8 _DIS:8 _CRS:8 _SRS:8 }
  HPET:6@PNP0103/0 { _HID:1 _UID:1 HPTM:10 VEND:17 PRD_:17 _STA:8 _CRS:3 } CPUS:6@ACPI0010 { _HID:2
  _CID:1 CTFY:8 CSTA:8 CEJ0:8 CSCN:8 COST:8 C000:12 { _STA:8 _MAT:3 _OST:8 } } PRQ0:17 PRQ1:17
  PRQ2:17 PRQ3:17 } _SI_:27 _TZ_:6 _REV:1 _OS_:2 _GL_:9 _OSI:8 DBG_:10 DBGB:17 DBUG:8 _S3_:4 _S4_:4
  _S5_:4
`;
const SLOTS = Array.from({ length: 30 }, (_, index) => `S${((index + 2) * 8).toString(16).toUpperCase()}_`)
  .map((name) => `${name}:6 { _ADR:1 ASUN:1 _DSM:8 _SUN:1 _EJ0:8 }`)
  .join(" ");

export interface AcpiNamespace {
  readonly root: AcpiNode;
  /** acpi_handle */
  handle(node: AcpiNode): Address;
  /** acpi_ns_validate_handle(): NULL and ACPI_ROOT_OBJECT are the root. */
  at(handle: Address): AcpiNode | undefined;
  /** Every device, in the order of a walk. */
  devices(): AcpiNode[];
}

/** Bytes a handle stands for: a struct acpi_namespace_node. */
const NODE_SIZE = 64;

const parse = (): AcpiNode[] => {
  const words = MACHINE.replace("*", SLOTS).trim().split(/\s+/);
  const nodes: AcpiNode[] = [];
  const make = (word: string, parent: AcpiNode | undefined): AcpiNode => {
    const [head = "", hid, uid] = word.split(/[@/]/);
    const [name = "", type] = head.split(":");
    const node = {
      name,
      type: Number(type),
      hid,
      uid: uid?.replaceAll("+", " "),
      parent,
      children: [],
      index: nodes.length,
    };
    parent?.children.push(node);
    nodes.push(node);
    return node;
  };
  let parent = make("\\:6", undefined);
  for (const word of words) {
    if (word === "{") parent = parent.children.at(-1) ?? parent;
    else if (word === "}") parent = parent.parent ?? parent;
    else make(word, parent);
  }
  return nodes;
};

export const createAcpi = (k: Kernel): AcpiNamespace => {
  const nodes = parse();
  const state = { handles: 0 };
  /** Where the handles begin: allocated for the first that is given out. */
  const handles = (): Address => {
    if (state.handles === 0) k.journal.touch(state).handles = k.statics.allocate(nodes.length * NODE_SIZE);
    return state.handles;
  };
  const [root] = nodes as [AcpiNode, ...AcpiNode[]];
  return {
    root,
    handle: (node) => handles() + node.index * NODE_SIZE,
    at(handle) {
      if (handle === 0 || handle === ROOT_OBJECT) return root;
      const index = (handle - handles()) / NODE_SIZE;
      return Number.isInteger(index) ? nodes[index] : undefined;
    },
    devices: () => nodes.filter(({ type, hid }) => type === ACPI_TYPE.DEVICE && hid !== undefined),
  };
};

/** "\_SB_.PCI0" */
export const pathOf = (node: AcpiNode): ByteString => {
  if (node.parent === undefined) return "\\";
  const above = pathOf(node.parent);
  return above === "\\" ? `\\${node.name}` : `${above}.${node.name}`;
};

/** acpi_ns_get_node() without a search upwards: names are filled up with "_"; "\\" and "^" lead them. */
export const lookUp = (from: AcpiNode, path: ByteString): AcpiNode | undefined => {
  const [, lead = "", names = ""] = /^(\\?\^*)(.*)$/.exec(path) ?? [];
  let at: AcpiNode | undefined = from;
  if (lead.startsWith("\\")) while (at.parent !== undefined) at = at.parent;
  for (let up = lead.replace("\\", "").length; up > 0; up -= 1) at = at?.parent;
  if (names === "") return at;
  for (const name of names.split("."))
    at = at?.children.find((child) => child.name === name.padEnd(4, "_").toUpperCase());
  return at;
};
