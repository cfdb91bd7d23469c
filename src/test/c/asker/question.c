/* SPDX-License-Identifier: Apache-2.0 */
/* Sends questions and receives answers over one socket. */
#define _GNU_SOURCE
#include <err.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "../dnsmsg.h"
#include "asker.h"

#define TIMEOUT_S 30 /* enough for a busy machine */

struct board *board;
int board_fd;

void open_board(int fd)
{
	board_fd = fd >= 0 ? fd : memfd_create("board", 0);
	if (board_fd < 0 || (fd < 0 && ftruncate(board_fd, sizeof(*board))))
		err(1, "memfd");
	board = mmap(NULL, sizeof(*board), PROT_READ | PROT_WRITE, MAP_SHARED, board_fd, 0);
	if (board == MAP_FAILED)
		err(1, "mmap");
}

int open_socket(int family, int type, const struct address *to)
{
	struct timeval timeout = { .tv_sec = TIMEOUT_S };
	int fd = socket(family, type, 0);

	if (fd < 0)
		err(1, "socket");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		err(1, "SO_RCVTIMEO");
	if (to && connect(fd, (const struct sockaddr *)&to->to, to->length))
		err(1, "connect");
	return fd;
}

void make_question(struct question *q, const char *what)
{
	unsigned int number = atomic_fetch_add(&board->next_number, 1);

	q->id = number;
	snprintf(q->name, sizeof(q->name), "c%u-p%d-t%d.%s.ask.example.test", number, getpid(),
		 gettid(), what);
	q->length = dns_query(q->msg, q->id, q->name, 1);
}

void print_sender(const struct question *q)
{
	print_row(q->name, CLIENT_QUERY, NONE);
}

int is_stream(int fd)
{
	int type = 0;
	socklen_t length = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
	return type == SOCK_STREAM;
}

ssize_t write_message(int fd, const uint8_t *message, size_t length, const struct address *to)
{
	uint8_t framed[2 + DNS_MAX] = { length >> 8, length & 0xff };
	int skip =
		is_stream(fd) ? 0 : 2; /* RFC 1035 section 4.2.2: a length prefix over TCP only */

	memcpy(framed + 2, message, length);
	return sendto(fd, framed + skip, length + 2 - skip, MSG_NOSIGNAL,
		      to ? (const struct sockaddr *)&to->to : NULL, to ? to->length : 0);
}

ssize_t read_message(int fd, uint8_t *message, size_t size, struct address *from)
{
	uint8_t prefix[2];
	size_t length;
	ssize_t n;

	if (!is_stream(fd)) {
		if (from)
			from->length = sizeof(from->to);
		return recvfrom(fd, message, size, 0, from ? (struct sockaddr *)&from->to : NULL,
				from ? &from->length : NULL);
	}
	n = recv(fd, prefix, sizeof(prefix), MSG_WAITALL);
	if (n != sizeof(prefix))
		return n < 0 ? -1 : 0;
	length = prefix[0] << 8 | prefix[1];
	if (length > size)
		errx(1, "a message of %zu bytes", length);
	return recv(fd, message, length, MSG_WAITALL) == (ssize_t)length ? (ssize_t)length : -1;
}

void send_question(int fd, const struct address *to, const struct question *q)
{
	if (write_message(fd, q->msg, q->length, to) < 0)
		err(1, "send %s", q->name);
	atomic_fetch_add(&board->asked, 1);
}

void receive_answer(int fd, const struct question *q)
{
	uint8_t answer[2048];
	char name[256];

	for (;;) {
		ssize_t n = read_message(fd, answer, sizeof(answer), NULL);

		if (n <= 0)
			err(1, "no answer to %s", q ? q->name : "anything");
		dns_name(answer, n, name, sizeof(name));
		print_row(name, CLIENT_RESPONSE, NONE);
		if (!q)
			return;
		if ((size_t)n >= q->length && dns_id(answer) == q->id &&
		    !memcmp(answer + 12, q->msg + 12, q->length - 12))
			return;
	}
}

void ask(int fd, const struct address *to, const char *what)
{
	struct question q;

	make_question(&q, what);
	print_sender(&q);
	send_question(fd, to, &q);
	receive_answer(fd, &q);
}
