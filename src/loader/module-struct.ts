import type { Address } from "../base/address.ts";
import type { StructOffsets } from "./host.ts";
import type { FinalizedModule } from "./finalize.ts";
import { imageBytes } from "./image.ts";
import type { ModuleImage } from "./image.ts";
import { malformed } from "./failure.ts";
import { viewOf } from "./elf.ts";
import type { AreaLayout } from "./area.ts";
import type { LoadInfo } from "./load-info.ts";
import type { ModuleSections, Table } from "./module-sections.ts";
import type { ModuleKallsyms } from "./kallsyms.ts";

export interface ModuleStructRequest {
  readonly info: LoadInfo;
  readonly image: ModuleImage;
  readonly sections: ModuleSections;
  readonly finalized: FinalizedModule;
  readonly percpu: Address | undefined;
  readonly offsets: StructOffsets;
}

/** Writes members of the struct module in the image; members this kernel lacks are passed over. */
interface Writer {
  pointer(path: string, value: Address): void;
  u32(path: string, value: number): void;
  u8(path: string, value: number): void;
}

/** Address of the struct module the loaded module carries: THIS_MODULE. */
export const moduleStructAddress = (info: LoadInfo, image: ModuleImage): Address =>
  image.sectionAddresses[info.index.mod] ?? 0;

const writerAt = (bytes: Uint8Array, offsets: StructOffsets): Writer => {
  const view = viewOf(bytes);
  const put = (path: string, width: number, write: (at: number) => void): void => {
    const at = offsets.offset(path);
    if (at !== undefined && at + width <= bytes.length) write(at);
  };
  return {
    pointer: (path, value) => put(path, 8, (at) => view.setBigInt64(at, BigInt(value), true)),
    u32: (path, value) => put(path, 4, (at) => view.setUint32(at, value, true)),
    u8: (path, value) => put(path, 1, (at) => view.setUint8(at, value)),
  };
};

const writeArea = (writer: Writer, path: string, base: Address, area: AreaLayout): void => {
  writer.pointer(`${path}.base`, base);
  writer.u32(`${path}.size`, area.size);
  writer.u32(`${path}.text_size`, area.textSize);
  writer.u32(`${path}.ro_size`, area.roSize);
  writer.u32(`${path}.ro_after_init_size`, area.roAfterInitSize);
};

/** Members that hold a table, with those that hold its count: find_module_sections(). */
const tableMembers = (
  sections: ModuleSections,
): readonly (readonly [pointer: string, count: string, table: Table])[] => [
  ["kp", "num_kp", sections.kp],
  ["syms", "num_syms", sections.syms],
  ["gpl_syms", "num_gpl_syms", sections.gplSyms],
  ["ctors", "num_ctors", sections.ctors],
  ["noinstr_text_start", "noinstr_text_size", sections.noinstrText],
  ["tracepoints_ptrs", "num_tracepoints", sections.tracepointsPtrs],
  ["srcu_struct_ptrs", "num_srcu_structs", sections.srcuStructPtrs],
  ["bpf_raw_events", "num_bpf_raw_events", sections.bpfRawEvents],
  ["btf_data", "btf_data_size", sections.btfData],
  ["jump_entries", "num_jump_entries", sections.jumpEntries],
  ["trace_events", "num_trace_events", sections.traceEvents],
  ["trace_evals", "num_trace_evals", sections.traceEvals],
  ["trace_bprintk_fmt_start", "num_trace_bprintk_fmt", sections.traceBprintkFmt],
  ["ftrace_callsites", "num_ftrace_callsites", sections.ftraceCallsites],
  ["kprobes_text_start", "kprobes_text_size", sections.kprobesText],
  ["kprobe_blacklist", "num_kprobe_blacklist", sections.kprobeBlacklist],
  ["static_call_sites", "num_static_call_sites", sections.staticCallSites],
  ["extable", "num_exentries", sections.extable],
  ["bug_table", "num_bugs", sections.bugTable],
];

const writeKallsyms = (writer: Writer, path: string, table: ModuleKallsyms): void => {
  writer.pointer(`${path}.symtab`, table.symtab);
  writer.u32(`${path}.num_symtab`, table.count);
  writer.pointer(`${path}.strtab`, table.strtab);
  writer.pointer(`${path}.typetab`, table.typetab);
};

/**
 * What load_module() has put into struct module by the time it is COMING, as far as the loader
 * knows it. Lists, kobject, locks, state, args and the reference count are the life cycle's.
 */
export const writeModuleStruct = (request: ModuleStructRequest): void => {
  const { info, image, sections, finalized, offsets } = request;
  const bytes = imageBytes(image, moduleStructAddress(info, image), offsets.size);
  if (bytes === undefined) throw malformed("struct module lies outside the module");
  const writer = writerAt(bytes, offsets);
  writeArea(writer, "core_layout", image.core.base, image.layout.core);
  writeArea(writer, "init_layout", image.init?.base ?? 0, image.layout.init);
  for (const [pointer, count, table] of tableMembers(sections)) {
    writer.pointer(pointer, table.address);
    writer.u32(count, table.count);
  }
  writer.pointer("crcs", sections.crcs);
  writer.pointer("gpl_crcs", sections.gplCrcs);
  writer.pointer("taints", info.taints);
  writer.u8("using_gplonly_symbols", info.usingGplOnlySymbols ? 1 : 0);
  writer.u8("sig_ok", info.sigOk ? 1 : 0);
  writer.pointer("percpu", request.percpu ?? 0);
  writer.u32("percpu_size", request.percpu === undefined ? 0 : (image.layout.percpu?.size ?? 0));
  writer.pointer("kallsyms", finalized.initKallsymsAddress);
  writeKallsyms(writer, "core_kallsyms", finalized.coreKallsyms);
  if (finalized.orc !== undefined) {
    writer.u32("arch.num_orcs", finalized.orc.count);
    writer.pointer("arch.orc_unwind_ip", finalized.orc.unwindIp);
    writer.pointer("arch.orc_unwind", finalized.orc.unwind);
  }
};
