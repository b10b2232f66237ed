/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kobox_tf
#if !defined(_TF_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TF_TRACE_H
#include <linux/tracepoint.h>

TRACE_EVENT(tf_event,
	TP_PROTO(unsigned int flags, int kind, const u8 *bytes),
	TP_ARGS(flags, kind, bytes),
	TP_STRUCT__entry(
		__field(unsigned int, flags)
		__field(int, kind)
		__array(u8, bytes, 4)
		__string(text, "word")
	),
	TP_fast_assign(
		__entry->flags = flags;
		__entry->kind = kind;
		memcpy(__entry->bytes, bytes, 4);
		__assign_str(text, "word");
	),
	TP_printk("flags=%s kind=%s hex=%s array=%s text=%s",
		__print_flags(__entry->flags, "|", { 1, "ONE" }, { 2, "TWO" }, { 12, "TWELVE" }),
		__print_symbolic(__entry->kind, { 0, "zero" }, { 7, "seven" }),
		__print_hex(__entry->bytes, 4),
		__print_array(__entry->bytes, 4, 1),
		__get_str(text))
);
#endif
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE tflag-trace
#include <trace/define_trace.h>
