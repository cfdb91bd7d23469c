/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* One line per result, for bin/test-kernels to lay out: "@ WORD CHECK[: REASON]". */
#ifndef CHECK_H
#define CHECK_H

void passed(const char *check);
void absent(const char *check);
__attribute__((format(printf, 2, 3))) void failed(const char *check, const char *reason, ...);

/* Something the test itself needs went wrong. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *reason, ...);

#endif
