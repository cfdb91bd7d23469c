/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sends a query with control characters or the like: hostile ADDR PORT COMM NAME
 * COMM is the thread's name, NAME the question's in wire format (RFC 1035 section 3.1), both as
 * hexadecimal digits. Waits for the answer.
 */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "dnsmsg.h"

static size_t from_hex(uint8_t *into, size_t max, const char *text)
{
	size_t length = strlen(text) / 2;
	unsigned int byte;

	if (length > max)
		errx(2, "more than %zu bytes: %s", max, text);
	for (size_t i = 0; i < length; i++) {
		if (sscanf(text + 2 * i, "%2x", &byte) != 1)
			errx(2, "no hexadecimal digits: %s", text);
		into[i] = byte;
	}
	return length;
}

int main(int argc, char **argv)
{
	struct sockaddr_storage to;
	struct timeval timeout = { .tv_sec = 5 };
	uint8_t comm[16] = { 0 }, msg[DNS_MAX], answer[2048];
	size_t length;
	socklen_t to_length;
	int fd;

	if (argc != 5)
		errx(2, "ADDR PORT COMM NAME");
	to_length = dns_address(&to, argv[1], atoi(argv[2]));
	from_hex(comm, sizeof(comm) - 1, argv[3]);
	prctl(PR_SET_NAME, comm);
	dns_query(msg, 0x4711, "", 1); /* for its header */
	length = 12 + from_hex(msg + 12, 255, argv[4]);
	memcpy(msg + length, "\0\1\0\1", 4);
	length += 4;
	fd = socket(to.ss_family, SOCK_DGRAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (connect(fd, (struct sockaddr *)&to, to_length) || send(fd, msg, length, 0) < 0)
		err(1, "cannot ask %s", argv[1]);
	if (recv(fd, answer, sizeof(answer), 0) < 0)
		err(1, "no answer");
	return 0;
}
