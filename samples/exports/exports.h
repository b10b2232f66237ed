/* SPDX-License-Identifier: GPL-2.0 */
#ifndef EXPORTS_H
#define EXPORTS_H

/* Adds to a common total and returns it. May sleep. */
long exports_add(long amount);

extern const char *exports_greeting;

#endif
