/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exec probe of kubelet: exits 0 if the agent in this container works. The agent touches a file
 * every second while its ring thread runs. In C, because starting a JVM for each probe would cost
 * more than an idle agent. An HTTP probe is not possible: kubelet cannot connect to the pod's
 * loopback.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define ALIVE "/run/jig/alive"
#define FRESH_S 10

int main(void)
{
	struct stat file;
	long age;

	if (stat(ALIVE, &file)) {
		printf("the agent has not started: %s, %s\n", strerror(errno), ALIVE);
		return 1;
	}
	age = (long)(time(NULL) - file.st_mtime);
	if (age > FRESH_S) {
		printf("the agent has not touched %s for %ld s\n", ALIVE, age);
		return 1;
	}
	return 0;
}
