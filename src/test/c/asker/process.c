/* SPDX-License-Identifier: Apache-2.0 */
/* Processes: start, end, change of user, passing of descriptors. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asker.h"

#define OTHER_USER 1000

void rename_to(const char *comm)
{
	if (prctl(PR_SET_NAME, comm))
		err(1, "PR_SET_NAME");
}

static pid_t begin(pid_t child, const char *comm)
{
	if (child < 0)
		err(1, "fork");
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		rename_to(comm);
	}
	return child;
}

pid_t spawn(const char *comm)
{
	return begin(fork(), comm);
}

pid_t spawn_as(pid_t wanted, const char *comm)
{
	struct clone_args arguments = { .exit_signal = SIGCHLD,
					.set_tid = (uintptr_t)&wanted,
					.set_tid_size = 1 };
	pid_t child = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (child < 0 && errno == EEXIST)
		return spawn(comm); /* the id is in use */
	return begin(child, comm);
}

void reap(pid_t child)
{
	int status;

	if (child < 0 || waitpid(child, &status, 0) != child)
		err(1, "child");
	if (status)
		errx(1, "child %d ended with %#x", child, status);
}

void end(pid_t child)
{
	int status;

	kill(child, SIGKILL);
	if (waitpid(child, &status, 0) != child)
		err(1, "child");
	if (!WIFSIGNALED(status))
		errx(1, "server %d ended with %#x", child, status);
}

void become_other_user(void)
{
	if (setgid(OTHER_USER) || setuid(OTHER_USER))
		err(1, "setuid");
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* cleared by setuid() */
}

void send_descriptor(int over, int fd)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec byte = { "", 1 };
	struct msghdr msg = { .msg_iov = &byte,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *rights = CMSG_FIRSTHDR(&msg);

	rights->cmsg_level = SOL_SOCKET;
	rights->cmsg_type = SCM_RIGHTS;
	rights->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(rights), &fd, sizeof(int));
	if (sendmsg(over, &msg, 0) != 1)
		err(1, "SCM_RIGHTS");
}

int receive_descriptor(int over)
{
	union {
		char space[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	char byte;
	struct iovec into = { &byte, 1 };
	struct msghdr msg = { .msg_iov = &into,
			      .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(over, &msg, 0) != 1 || !CMSG_FIRSTHDR(&msg))
		errx(1, "no descriptor came");
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}
