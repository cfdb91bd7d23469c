/* SPDX-License-Identifier: Apache-2.0 */
/* What the cases share: sockets, questions with names of their own, and telling the truth. */
#ifndef ASKER_H
#define ASKER_H

#include <netinet/in.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#define MAX_SERVERS 8

struct address {
	struct sockaddr_storage to;
	socklen_t length;
};

/* Whom to ask, from the command line. */
struct servers {
	struct address v4[MAX_SERVERS], v6, mapped;
	int v4_count, port;
};

struct question {
	uint16_t id;
	char name[200];
	uint8_t msg[512];
	size_t length;
};

extern struct servers servers;

/* A socket whose reads give up after five seconds; connected unless to is null. */
int open_socket(int family, int type, const struct address *to);

/* The number of the next question: names stay unique over an exec. */
extern atomic_uint next_number;

/* A question with a name of its own under what.ask.example.test. */
void compose(struct question *q, const char *what);

/* Prints "PID TID UID COMM NAME" of the calling thread, in one write. */
void tell(const struct question *q);

/* Sends: to null where the socket is connected. */
void put(int fd, const struct address *to, const struct question *q);

/* Reads until the answer to q comes; to anything if q is null. */
void take(int fd, const struct question *q);

/* All of it: a new question, told, sent, its answer read. */
void ask(int fd, const struct address *to, const char *what);

/* The program's own child, waited for: it must end well. */
void reap(pid_t child);

/* The cases: each asks count questions and reads the answers unless it says otherwise. */
void udp_connected4(const char *what, long count);
void udp_connected6(const char *what, long count);
void udp_connected_mapped(const char *what, long count);
void udp_unconnected4(const char *what, long count);
void udp_unconnected6(const char *what, long count);
void udp_unconnected_mapped(const char *what, long count);
void tcp4(const char *what, long count);
void tcp6(const char *what, long count);
void ip_options(const char *what, long count);
void hop_by_hop(const char *what, long count);
void nameservers(const char *what, long count);
void close_early(const char *what, long count);
void pending(const char *what, long count);
void threads_own(const char *what, long count);
void threads_shared(const char *what, long count);
void threads_shared_unconnected(const char *what, long count);
void fork_connected(const char *what, long count);
void fork_unconnected(const char *what, long count);
void exec_connected(const char *what, long count);
void setuid_before(const char *what, long count);
void setuid_after(const char *what, long count);
void exit_at_once4(const char *what, long count);
void exit_at_once6(const char *what, long count);
void passed(const char *what, long count);
void twins(const char *what, long count);

#endif
