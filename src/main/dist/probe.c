/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the agent in this container does its work: it touches a file every second as long as its
 * ring thread goes round. For kubelet, which can't dial the pod's loopback, again and again: a
 * JVM per look would cost more than the agent at rest.
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
		printf("the agent has not begun: %s, %s\n", strerror(errno), ALIVE);
		return 1;
	}
	age = (long)(time(NULL) - file.st_mtime);
	if (age > FRESH_S) {
		printf("the agent has not touched %s for %ld s\n", ALIVE, age);
		return 1;
	}
	return 0;
}
