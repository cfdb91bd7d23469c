/* SPDX-License-Identifier: Apache-2.0 */
/* Cases within one process: kinds of sockets, and threads. */
#define _GNU_SOURCE
#include <err.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

#define ROUND 8 /* questions per socket */
#define THREADS 8

static void udp(const char *what, long count, int family, const struct address *to, int connected)
{
	for (long left = count; left > 0; left -= ROUND) {
		int fd = open_socket(family, SOCK_DGRAM, connected ? to : NULL);

		for (long i = 0; i < ROUND && i < left; i++)
			ask(fd, connected ? NULL : to, what);
		close(fd);
	}
}

void udp_connected4(const char *what, long count)
{
	udp(what, count, AF_INET, &servers.v4[0], 1);
}

void udp_connected6(const char *what, long count)
{
	udp(what, count, AF_INET6, &servers.v6, 1);
}

void udp_connected_mapped(const char *what, long count)
{
	udp(what, count, AF_INET6, &servers.mapped, 1);
}

void udp_unconnected4(const char *what, long count)
{
	udp(what, count, AF_INET, &servers.v4[0], 0);
}

void udp_unconnected6(const char *what, long count)
{
	udp(what, count, AF_INET6, &servers.v6, 0);
}

void udp_unconnected_mapped(const char *what, long count)
{
	udp(what, count, AF_INET6, &servers.mapped, 0);
}

static void tcp(const char *what, long count, int family, const struct address *to)
{
	for (long i = 0; i < count; i++) {
		int fd = open_socket(family, SOCK_STREAM, to);

		ask(fd, NULL, what);
		close(fd);
	}
}

void tcp4(const char *what, long count)
{
	tcp(what, count, AF_INET, &servers.v4[0]);
}

void tcp_mapped(const char *what, long count)
{
	tcp(what, count, AF_INET6, &servers.mapped);
}

/* Several questions per connection. */
void tcp_many(const char *what, long count)
{
	for (long left = count; left > 0; left -= ROUND) {
		int fd = open_socket(AF_INET, SOCK_STREAM, &servers.v4[0]);

		for (long i = 0; i < ROUND && i < left; i++)
			ask(fd, NULL, what);
		close(fd);
	}
}

void tcp6(const char *what, long count)
{
	tcp(what, count, AF_INET6, &servers.v6);
}

static void with_option(const char *what, long count, const struct address *to, int level,
			int option, const void *value, socklen_t length)
{
	int fd = open_socket(to->to.ss_family, SOCK_DGRAM, to);

	if (setsockopt(fd, level, option, value, length))
		err(1, "%s", what);
	for (long i = 0; i < count; i++)
		ask(fd, NULL, what);
	close(fd);
}

/* RFC 791 section 3.1: four No Operation options, a header of 24 bytes. */
void ip_options(const char *what, long count)
{
	static const uint8_t no_operations[] = { 1, 1, 1, 1 };

	with_option(what, count, &servers.v4[0], IPPROTO_IP, IP_OPTIONS, no_operations,
		    sizeof(no_operations));
}

/* RFC 8200 section 4.3: a hop-by-hop header with a PadN option; needs CAP_NET_RAW. */
void hop_by_hop(const char *what, long count)
{
	static const uint8_t padding[] = { 0, 0, 1, 4, 0, 0, 0, 0 };

	with_option(what, count, &servers.v6, IPPROTO_IPV6, IPV6_HOPOPTS, padding, sizeof(padding));
}

/* As musl does: one question with one id to all servers, from one socket. */
void nameservers(const char *what, long count)
{
	for (long left = count; left > 0; left--) {
		int fd = open_socket(AF_INET, SOCK_DGRAM, NULL);
		struct question q;

		make_question(&q, what);
		for (int i = 0; i < servers.v4_count; i++) {
			print_sender(&q);
			send_question(fd, &servers.v4[i], &q);
		}
		for (int i = 0; i < servers.v4_count; i++)
			receive_answer(fd, &q);
		close(fd);
	}
}

/* Closes the socket after a query that is never answered. */
void close_early(const char *what, long count)
{
	char dropped[64];

	snprintf(dropped, sizeof(dropped), "%s.drop", what);
	for (long i = 0; i < count; i++) {
		int fd = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
		struct question q;

		make_question(&q, dropped);
		print_sender(&q);
		send_question(fd, NULL, &q);
		close(fd);
	}
}

/* count queries that are never answered, count / 20 answered ones, then waits for stdin to end. */
void pending(const char *what, long count)
{
	int fd = open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]);
	char dropped[64], byte;

	snprintf(dropped, sizeof(dropped), "%s.drop", what);
	for (long i = 0; i < count; i++) {
		struct question q;

		make_question(&q, dropped);
		print_sender(&q);
		send_question(fd, NULL, &q);
	}
	for (long i = 0; i < count / 20; i++)
		ask(fd, NULL, what);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	close(fd);
}

struct thread_job {
	const char *what;
	long count; /* of each thread */
	int type; /* of the socket, if shared is -1 */
	int shared; /* the socket of all threads; -1: one for each */
	const struct address *to; /* null where connected */
};

static void *run_job(void *argument)
{
	const struct thread_job *job = argument;
	int own = job->shared < 0 ? open_socket(AF_INET, job->type, &servers.v4[0]) : -1;
	char name[16];

	snprintf(name, sizeof(name), "asker-%d", gettid() % 1000000);
	pthread_setname_np(pthread_self(), name);
	for (long i = 0; i < job->count; i++) {
		struct question q;

		if (own >= 0) {
			ask(own, NULL, job->what);
			continue;
		}
		make_question(&q, job->what);
		print_sender(&q);
		send_question(job->shared, job->to, &q);
		/* It may be another thread's; each thread reads as many as it asked. */
		receive_answer(job->shared, NULL);
	}
	if (own >= 0)
		close(own);
	return NULL;
}

static void run_threads(const char *what, long count, int type, int shared,
			const struct address *to)
{
	struct thread_job jobs[THREADS];
	pthread_t threads[THREADS];

	for (long i = 0; i < THREADS; i++) {
		long share = count / THREADS + (i < count % THREADS);

		jobs[i] = (struct thread_job){ what, share, type, shared, to };
		if (pthread_create(&threads[i], NULL, run_job, &jobs[i]))
			errx(1, "pthread_create");
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	if (shared >= 0)
		close(shared);
}

void threads_own(const char *what, long count)
{
	run_threads(what, count, SOCK_DGRAM, -1, NULL);
}

void threads_shared(const char *what, long count)
{
	run_threads(what, count, SOCK_DGRAM, open_socket(AF_INET, SOCK_DGRAM, &servers.v4[0]),
		    NULL);
}

void threads_shared_unconnected(const char *what, long count)
{
	run_threads(what, count, SOCK_DGRAM, open_socket(AF_INET, SOCK_DGRAM, NULL),
		    &servers.v4[0]);
}

void threads_tcp(const char *what, long count)
{
	run_threads(what, count, SOCK_STREAM, -1, NULL);
}
