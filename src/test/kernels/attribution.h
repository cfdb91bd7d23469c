/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Runs all cases of src/test/c/asker and compares the owner of each packet. */
#ifndef ATTRIBUTION_H
#define ATTRIBUTION_H

/* Before the tracer is attached: starts the asker, which opens the older sockets. */
void begin_attribution(const char *asker, const char *queries);

/* With the tracer attached: runs the cases, compares, prints the results. */
void check_attribution(void);

#endif
