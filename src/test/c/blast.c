/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures what tracing costs: sends packets between two sockets on loopback.
 *   blast flood PORT SIZE SECONDS       one process sends 64, then receives 64, again and again
 *   blast send PORT SIZE SECONDS        one process sends and receives nothing
 *   blast pingpong PORT SIZE SECONDS    two processes, one packet under way
 * The receiver is bound to PORT, so 53 makes it DNS; the payload is a valid query of SIZE bytes
 * or a little more. Prints "packets=N ns=N".
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dnsmsg.h"

#define BURST 64

static uint8_t payload[65536];
static size_t payload_length;

static long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* A query, padded with zeros to size. */
static void make_payload(size_t size)
{
	payload_length = dns_query(payload, 0x1234, "blast.example.test", 1);
	if (size > payload_length && size < sizeof(payload))
		payload_length = size;
}

static void pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu % sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* A pair: receiver bound to the port, sender connected to it. */
static void open_pair(int port, int *sender, int *receiver)
{
	struct sockaddr_storage to;
	socklen_t length = dns_address(&to, "127.0.0.1", port);
	int size = 8 << 20;

	*receiver = socket(AF_INET, SOCK_DGRAM, 0);
	*sender = socket(AF_INET, SOCK_DGRAM, 0);
	setsockopt(*receiver, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(*receiver, (struct sockaddr *)&to, length))
		err(1, "bind to port %d", port);
	if (connect(*sender, (struct sockaddr *)&to, length))
		err(1, "connect");
}

static long flood(int sender, int receiver, long long until)
{
	static uint8_t into[65536];
	long packets = 0;

	pin(1);
	while (now() < until) {
		for (int i = 0; i < BURST; i++)
			if (send(sender, payload, payload_length, 0) < 0)
				err(1, "send");
		for (int i = 0; i < BURST; i++)
			if (recv(receiver, into, sizeof(into), 0) < 0)
				err(1, "recv");
		packets += BURST;
	}
	return packets;
}

/* The receiver's buffer fills up, unless the packets are dropped before. */
static long send_only(int sender, long long until)
{
	long packets = 0;

	pin(1);
	while (now() < until) {
		for (int i = 0; i < BURST; i++)
			if (send(sender, payload, payload_length, 0) < 0)
				err(1, "send");
		packets += BURST;
	}
	return packets;
}

static void echo(int receiver)
{
	static uint8_t into[65536];
	struct sockaddr_storage from;

	pin(1);
	for (;;) {
		socklen_t length = sizeof(from);
		ssize_t n = recvfrom(receiver, into, sizeof(into), 0, (void *)&from, &length);

		if (n < 0 || sendto(receiver, into, n, 0, (void *)&from, length) < 0)
			err(1, "echo");
	}
}

static long pingpong(int sender, int receiver, long long until)
{
	static uint8_t into[65536];
	long packets = 0;
	pid_t echoing = fork();

	if (echoing == 0)
		echo(receiver);
	pin(0);
	while (now() < until) {
		if (send(sender, payload, payload_length, 0) < 0 ||
		    recv(sender, into, sizeof(into), 0) < 0)
			err(1, "pingpong");
		packets += 2;
	}
	kill(echoing, SIGKILL);
	waitpid(echoing, NULL, 0);
	return packets;
}

int main(int argc, char **argv)
{
	int sender, receiver;
	long long start;
	long long until;
	long packets;

	if (argc != 5)
		errx(2, "flood|send|pingpong PORT SIZE SECONDS");
	make_payload(atol(argv[3]));
	open_pair(atoi(argv[2]), &sender, &receiver);
	start = now();
	until = start + atol(argv[4]) * 1000000000LL;
	if (!strcmp(argv[1], "flood"))
		packets = flood(sender, receiver, until);
	else if (!strcmp(argv[1], "send"))
		packets = send_only(sender, until);
	else
		packets = pingpong(sender, receiver, until);
	printf("packets=%ld ns=%lld\n", packets, now() - start);
	return 0;
}
