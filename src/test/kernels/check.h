/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Prints one line per result, which bin/test-kernels parses: "@ WORD CHECK[: REASON]". */
#ifndef CHECK_H
#define CHECK_H

void passed(const char *check);
void absent(const char *check);
/* As absent(); the result names the errno. */
void refused(const char *check, int error);
__attribute__((format(printf, 2, 3))) void failed(const char *check, const char *reason, ...);

/* Reports an error of the test itself and exits. */
__attribute__((format(printf, 1, 2), noreturn)) void die(const char *reason, ...);

#endif
