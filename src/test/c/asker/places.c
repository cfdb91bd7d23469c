/* SPDX-License-Identifier: Apache-2.0 */
/* Network namespaces, and ports shared by several sockets. */
#define _GNU_SOURCE
#include <err.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

static void leave_network(void)
{
	struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET))
		err(1, "CLONE_NEWNET");
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback))
		err(1, "lo");
	close(fd);
	forget_self();
}

/* Runs a case with its servers in a new network namespace. */
static void in_netns(const char *what, long count, void (*test_case)(const char *what, long count))
{
	struct default_servers default_servers;

	leave_network();
	default_servers = start_servers();
	test_case(what, count);
	end_servers(&default_servers);
}

void netns_udp(const char *what, long count)
{
	in_netns(what, count, udp_unconnected4);
}

void netns_tcp(const char *what, long count)
{
	in_netns(what, count, tcp4);
}

/* A socket stays in its network namespace when its process leaves it. */
void netns_left(const char *what, long count)
{
	int udp = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
	int tcp = open_socket(AF_INET, SOCK_STREAM, &servers.v4[0]);

	leave_network();
	for (long i = 0; i < count; i++)
		ask(i % 2 ? tcp : udp, NULL, what);
}

/* Port 0: any. Returns the port. */
static int bind_client(int fd, const char *address, int port)
{
	struct sockaddr_storage at;
	socklen_t length = dns_address(&at, address, port);
	int one = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&at, length) ||
	    getsockname(fd, (struct sockaddr *)&at, &length))
		err(1, "bind %s", address);
	return ntohs(((struct sockaddr_in *)&at)->sin_port);
}

static void connect_to(int fd, const struct address *to)
{
	if (connect(fd, (const struct sockaddr *)&to->to, to->length))
		err(1, "connect");
}

/* Two processes ask at the same time, each on one of the sockets. */
static void both(const char *what, long count, int fds[2])
{
	pid_t child = spawn("asker-other");
	long each = child ? count - count / 2 : count / 2;

	for (long i = 0; i < each; i++)
		ask(fds[child == 0], NULL, what);
	if (child == 0)
		_exit(0);
	reap(child);
}

/* Each process creates the socket it uses. */
static void one_port(const char *what, long count, int type)
{
	int first = open_socket(AF_INET, type, NULL);
	int port = bind_client(first, "127.0.0.11", 0);
	pid_t child = spawn("asker-other");
	int fd = child ? first : open_socket(AF_INET, type, NULL);

	if (child == 0)
		bind_client(fd, "127.0.0.12", port);
	connect_to(fd, &servers.v4[0]);
	for (long i = 0; i < (child ? count - count / 2 : count / 2); i++)
		ask(fd, NULL, what);
	if (child == 0)
		_exit(0);
	reap(child);
}

/* Two sockets on one port with different addresses. */
void one_port_udp(const char *what, long count)
{
	one_port(what, count, SOCK_DGRAM);
}

void one_port_tcp(const char *what, long count)
{
	one_port(what, count, SOCK_STREAM);
}

/* Two sockets on one port and address, each connected to another server. */
void reuseport_udp(const char *what, long count)
{
	int fds[2], one = 1, port = 0;

	for (int i = 0; i < 2; i++) {
		fds[i] = open_socket(AF_INET, SOCK_DGRAM, NULL);
		if (setsockopt(fds[i], SOL_SOCKET, SO_REUSEPORT, &one, sizeof(one)))
			err(1, "SO_REUSEPORT");
		port = bind_client(fds[i], "127.0.0.11", port);
		connect_to(fds[i], &servers.v4[i % servers.v4_count]);
	}
	both(what, count, fds);
}
