/* SPDX-License-Identifier: Apache-2.0 */
/* The expected attribution: what a thread reads about itself. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asker.h"

#define COMM_LEN 16

/* Cached while pid and ppid stay the same. */
struct self {
	pid_t pid, ppid;
	unsigned long mntns, netns;
	unsigned long long start;
	char pcomm[COMM_LEN];
};

static _Thread_local struct self self;

void forget_self(void)
{
	self.pid = 0;
}

static unsigned long inode_of(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		err(1, "%s", path);
	return status.st_ino;
}

static int read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	if (length < 0)
		return 0;
	text[length] = 0;
	text[strcspn(text, "\n")] = 0;
	return 1;
}

/* proc(5): the start time is the 20th field after the name's parenthesis. */
static unsigned long long start_time(void)
{
	char text[1024], *field;

	if (!read_text("/proc/self/stat", text, sizeof(text)))
		err(1, "/proc/self/stat");
	field = strrchr(text, ')');
	for (int i = 0; field && i < 20; i++)
		field = strchr(field + 1, ' ');
	return field ? strtoull(field, NULL, 10) : 0;
}

/* The parent may end between getppid() and the read, and be replaced by a reaper. */
static void read_parent(void)
{
	char path[64];

	do {
		self.ppid = getppid();
		snprintf(path, sizeof(path), "/proc/%d/comm", self.ppid);
		if (read_text(path, self.pcomm, sizeof(self.pcomm)))
			return;
	} while (self.ppid != getppid());
	strcpy(self.pcomm, "-"); /* the parent is in another pid namespace */
}

static void read_self(void)
{
	if (self.pid == getpid() && self.ppid == getppid())
		return;
	self.pid = getpid();
	self.start = start_time();
	self.mntns = inode_of("/proc/self/ns/mnt");
	self.netns = inode_of("/proc/self/ns/net");
	read_parent();
}

void print_row(const char *name, enum row row, enum doubt doubt)
{
	static const char *const rows[] = { "client-Q", "client-R", "server-Q", "server-R" };
	static const char *const doubts[] = { "none", "first", "shared" };
	char line[400], comm[COMM_LEN];
	int length;

	if (!board->matrix && row != CLIENT_QUERY)
		return;
	read_self();
	prctl(PR_GET_NAME, comm);
	length = snprintf(line, sizeof(line), "%d %d %u %s %s %s %s %d %u %lu %lu %llu %s\n",
			  self.pid, gettid(), getuid(), comm, name, rows[row], doubts[doubt],
			  self.ppid, getgid(), self.mntns, self.netns, self.start, self.pcomm);
	if (write(STDOUT_FILENO, line, length) != length)
		err(1, "write");
}
