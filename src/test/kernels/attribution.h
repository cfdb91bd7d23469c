/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* All the ways of src/test/c/asker: whose is each packet, beside what the asker says of it. */
#ifndef ATTRIBUTION_H
#define ATTRIBUTION_H

/* Before the tracer is there: starts the asker, which opens its old sockets. */
void begin_attribution(const char *asker, const char *queries);

/* With the tracer: has all asked, counts, and says how it went. */
void check_attribution(void);

#endif
