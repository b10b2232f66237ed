/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kobox_tp

#if !defined(_TP_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TP_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(tp_event,
	TP_PROTO(int number, const char *name),
	TP_ARGS(number, name),
	TP_STRUCT__entry(
		__field(int, number)
		__field(unsigned long, twice)
		__string(name, name)
	),
	TP_fast_assign(
		__entry->number = number;
		__entry->twice = number * 2UL;
		__assign_str(name, name);
	),
	TP_printk("number=%d twice=%lu name=%s", __entry->number, __entry->twice, __get_str(name))
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE tp-trace
#include <trace/define_trace.h>
