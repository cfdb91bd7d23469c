/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Handles SIGINT like an interactive program: prints "up", then "int" for each of two SIGINTs, then
 * reads a line and exits with 9.
 */
#include <err.h>
#include <signal.h>
#include <stdio.h>

int main(void)
{
	char line[80];
	sigset_t interrupt;
	int signal;

	/* Blocked and taken with sigwait(): no SIGINT is lost between two steps. */
	sigemptyset(&interrupt);
	sigaddset(&interrupt, SIGINT);
	if (sigprocmask(SIG_BLOCK, &interrupt, NULL))
		err(1, "sigprocmask");
	puts("up");
	fflush(stdout);
	for (int times = 0; times < 2; times++) {
		if (sigwait(&interrupt, &signal))
			err(1, "sigwait");
		puts("int");
		fflush(stdout);
	}
	return fgets(line, sizeof(line), stdin) ? 9 : 8;
}
