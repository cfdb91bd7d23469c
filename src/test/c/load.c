/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Known load for loss tests:
 *   load serve ADDR PORT READY-FILE        answers every query until SIGTERM, then prints
 *                                          "received=N answered=N"
 *   load query ADDR PORT RATE SECONDS [SOCKETS]
 *                                          RATE × SECONDS queries, each with a unique name,
 *                                          then "sent=N answered=N ns=N"
 * At most WINDOW queries are unanswered at a time, fewer in a pod, so that no socket buffer
 * overflows: if the machine cannot keep RATE, the run takes longer and loses nothing.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "dnsmsg.h"

#define BATCH 64
#define WINDOW 1024
#define WINDOW_UNPRIVILEGED 128
#define SOCKETS_MAX 512
#define GIVE_UP_NS 2000000000LL

static uint8_t buffers[BATCH][2048];
static struct iovec pieces[BATCH];
static struct sockaddr_storage peers[BATCH];
static struct mmsghdr batch[BATCH];
static volatile sig_atomic_t over;
static long window = WINDOW;

static void end(int signal)
{
	(void)signal;
	over = 1;
}

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int open_socket(const struct sockaddr_storage *address)
{
	int fd = socket(address->ss_family, SOCK_DGRAM, 0), size = 8 << 20;

	if (fd < 0)
		err(1, "socket");
	/* Needs CAP_NET_ADMIN; without it the default holds about 270 packets. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		window = WINDOW_UNPRIVILEGED;
	return fd;
}

/* Prepares the batch for recvmmsg(). with_peer: for unconnected sockets. */
static void ready_batch(int with_peer)
{
	for (int i = 0; i < BATCH; i++) {
		pieces[i] = (struct iovec){ buffers[i], sizeof(buffers[i]) };
		batch[i].msg_hdr = (struct msghdr){
			.msg_iov = &pieces[i],
			.msg_iovlen = 1,
			.msg_name = with_peer ? &peers[i] : NULL,
			.msg_namelen = with_peer ? sizeof(peers[i]) : 0,
		};
	}
}

static int send_batch(int fd, int count)
{
	int done = 0;

	while (done < count) {
		int n = sendmmsg(fd, batch + done, count - done, 0);

		if (n > 0)
			done += n;
		else if (errno != EINTR && errno != ENOBUFS)
			err(1, "sendmmsg");
	}
	return done;
}

static void serve(const struct sockaddr_storage *address, socklen_t length, const char *ready)
{
	long received = 0, answered = 0;
	int fd = open_socket(address), n;
	struct sigaction action = { .sa_handler = end };
	struct timeval timeout = { .tv_usec =
					   100000 }; /* a signal may come just before recvmmsg() */

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (bind(fd, (const struct sockaddr *)address, length))
		err(1, "bind");
	close(open(ready, O_CREAT | O_WRONLY, 0644));
	while (!over) {
		ready_batch(1);
		n = recvmmsg(fd, batch, BATCH, MSG_WAITFORONE, NULL);
		if (n < 0)
			continue;
		for (int i = 0; i < n; i++)
			pieces[i].iov_len = dns_answer(buffers[i], batch[i].msg_len);
		received += n;
		answered += send_batch(fd, n);
	}
	printf("received=%ld answered=%ld\n", received, answered);
}

static int send_queries(int fd, long first, int count)
{
	char name[64];

	ready_batch(0);
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "q%ld.load.example.test", first + i);
		pieces[i].iov_len = dns_query(buffers[i], first + i, name, 1);
	}
	return send_batch(fd, count);
}

static int read_answers(int fd)
{
	int n, total = 0;

	do {
		ready_batch(0);
		n = recvmmsg(fd, batch, BATCH, MSG_DONTWAIT, NULL);
		total += n > 0 ? n : 0;
	} while (n == BATCH);
	return total;
}

static void query(const struct sockaddr_storage *to, socklen_t length, long rate, long seconds,
		  int sockets)
{
	static struct pollfd fds[SOCKETS_MAX];
	long sent = 0, answered = 0, all = rate * seconds, turn = 0;
	long long start = now(), heard = start;

	for (int i = 0; i < sockets; i++) {
		fds[i] = (struct pollfd){ .fd = open_socket(to), .events = POLLIN };
		if (connect(fds[i].fd, (const struct sockaddr *)to, length))
			err(1, "connect");
	}
	while (answered < all && now() - heard < GIVE_UP_NS) {
		long due = (now() - start) / 1e9 * rate + 1 - sent, got = 0;

		due = due > all - sent ? all - sent : due;
		due = due > window - (sent - answered) ? window - (sent - answered) : due;
		if (due > 0)
			sent += send_queries(fds[turn++ % sockets].fd, sent,
					     due > BATCH ? BATCH : due);
		if (poll(fds, sockets, due > 0 ? 0 : 1) > 0)
			for (int i = 0; i < sockets; i++)
				if (fds[i].revents)
					got += read_answers(fds[i].fd);
		answered += got;
		if (got || sent - answered == 0)
			heard = now();
	}
	printf("sent=%ld answered=%ld ns=%lld\n", sent, answered, now() - start);
}

int main(int argc, char **argv)
{
	struct sockaddr_storage address;
	socklen_t length = argc > 3 ? dns_address(&address, argv[2], atoi(argv[3])) : 0;
	int sockets = argc > 6 ? atoi(argv[6]) : 1;

	if (length && argc == 5 && !strcmp(argv[1], "serve"))
		serve(&address, length, argv[4]);
	else if (length && argc >= 6 && sockets > 0 && sockets <= SOCKETS_MAX &&
		 !strcmp(argv[1], "query"))
		query(&address, length, atol(argv[4]), atol(argv[5]), sockets);
	else
		errx(2, "serve ADDR PORT READY-FILE | query ADDR PORT RATE SECONDS [SOCKETS]");
	return 0;
}
