// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Stores the owners of sockets that are older than the tracer: mark_sockets does it in the kernel;
 * list_sockets prints them, and this code writes the socket storage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "tracer.h"

/* struct open_socket of walk.bpf.h, up to the socket storage. */
struct open_socket {
	__u32 pid;
	__u32 fd;
	__u64 inode;
};

/* Runs an iterator; returns its output, *len bytes. */
static char *iterate(const struct bpf_program *program, size_t *len)
{
	struct bpf_link *link = bpf_program__attach_iter(program, NULL);
	int fd = link ? bpf_iter_create(bpf_link__fd(link)) : -1;
	size_t size = 1 << 20;
	char *printed = malloc(size);
	ssize_t more;

	if (fd < 0 || !printed)
		die("%s: %s", bpf_program__name(program), strerror(errno));
	*len = 0;
	while ((more = read(fd, printed + *len, size - *len)) > 0) {
		*len += more;
		if (size - *len < size / 2)
			printed = realloc(printed, size *= 2);
		if (!printed)
			die("out of memory");
	}
	if (more < 0)
		die("%s: %s", bpf_program__name(program), strerror(errno));
	close(fd);
	bpf_link__destroy(link);
	return printed;
}

/* The inode shows whether the descriptor is still that of the same socket. */
static void mark(const struct open_socket *open, const void *known, int sockets)
{
	int process = syscall(SYS_pidfd_open, open->pid, 0);
	int fd = process < 0 ? -1 : syscall(SYS_pidfd_getfd, process, open->fd, 0);
	struct stat status;

	if (fd >= 0 && !fstat(fd, &status) && status.st_ino == open->inode &&
	    bpf_map_update_elem(sockets, &fd, known, BPF_NOEXIST) && errno != EEXIST)
		die("storage of an older socket: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	if (process >= 0)
		close(process);
}

bool walk_sockets(const struct bpf_object *object, bool writes)
{
	const char *name = writes ? "mark_sockets" : "list_sockets";
	const struct bpf_map *sockets = bpf_object__find_map_by_name(object, "sockets");
	const struct bpf_program *program = bpf_object__find_program_by_name(object, name);
	size_t len, each = sizeof(struct open_socket) + bpf_map__value_size(sockets);
	char *printed;

	if (!program)
		return false;
	printed = iterate(program, &len);
	for (size_t at = 0; at + each <= len; at += each)
		mark((void *)(printed + at), printed + at + sizeof(struct open_socket),
		     bpf_map__fd(sockets));
	free(printed);
	return true;
}
