/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pipeline ADDRESS PORT COUNT: sends COUNT queries on one TCP connection before it reads the first
 * answer, in writes of 1 to 40 bytes and segments of 88. The answer to every tenth is 30 ms late,
 * so that later answers overtake it. Prints the process's pid in its own namespace; exit code 0
 * if every query was answered once.
 */
#include "dnsmsg.h"

#include <err.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

static void write_all(int fd, const uint8_t *bytes, size_t length)
{
	for (size_t done = 0, piece = 1; done < length; piece = piece % 40 + 1) {
		size_t most = length - done < piece ? length - done : piece;
		ssize_t n = write(fd, bytes + done, most);

		if (n < 0)
			err(1, "write");
		done += n;
	}
}

static void read_all(int fd, uint8_t *bytes, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = read(fd, bytes + done, length - done);

		if (n <= 0)
			errx(1, "the server has closed the connection");
		done += n;
	}
}

int main(int argc, char **argv)
{
	static uint8_t message[65536];
	struct sockaddr_storage to;
	int count = argc == 4 ? atoi(argv[3]) : 0, one = 1, segment = 88, fd;
	char *answered = calloc(count + 1, 1);
	socklen_t length;

	if (count <= 0)
		errx(2, "ADDRESS PORT COUNT");
	length = dns_address(&to, argv[1], atoi(argv[2]));
	fd = socket(to.ss_family, SOCK_STREAM, 0);
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment)) ||
	    connect(fd, (struct sockaddr *)&to, length))
		err(1, "%s", argv[1]);
	for (int i = 0; i < count; i++) {
		char name[64];
		size_t query;

		snprintf(name, sizeof(name), "q%d%s.ask.example.test", i, i % 10 ? "" : ".late-30");
		query = dns_query(message + 2, i, name, 1);
		message[0] = query >> 8;
		message[1] = query & 0xff;
		write_all(fd, message, query + 2);
	}
	for (int i = 0; i < count; i++) {
		uint16_t id;

		read_all(fd, message, 2);
		read_all(fd, message + 2, message[0] << 8 | message[1]);
		id = dns_id(message + 2);
		if (id >= count || answered[id]++)
			errx(1, "answer %d to query %d", i, id);
	}
	printf("%d\n", getpid());
	return 0;
}
