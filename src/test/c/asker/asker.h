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

/* What all processes of one run count together; it lives on over an exec. */
struct board {
	atomic_uint next_number; /* of a question */
	atomic_uint next_address; /* of a server of a case's own */
	atomic_uint asked;
	atomic_uint answered;
	int matrix; /* servers and all: each row is told, not only the asker's queries */
};

extern struct servers servers;
extern struct board *board;
extern int board_fd;

/* A new one, or that of the program before the exec. */
void open_board(int fd);

/* ---- truth.c: what is told --------------------------------------------------------------------
 */

/*
 * Why the row of a query that a server gets may name another process as its socket's owner: the
 * packet arrives before anybody has read it. No other row may be wrong, whatever it is marked.
 */
enum doubt {
	NONE, /* it may not */
	FIRST, /* the socket came from another process; this one has not used it yet */
	SHARED, /* several processes use it by turns: any may read the next query */
};

/* The rows of a lookup: each side has the query and the response. */
enum row { CLIENT_QUERY, CLIENT_RESPONSE, SERVER_QUERY, SERVER_RESPONSE };

/*
 * Prints the calling thread as the sender or reader of that row's message, in one write:
 * PID TID UID COMM NAME ROW DOUBT PPID GID MNTNS NETNS START PCOMM; START in clock ticks.
 */
void tell_row(const char *name, enum row row, enum doubt doubt);

/* The process has changed its namespaces. */
void look_again(void);

/* ---- question.c -------------------------------------------------------------------------------
 */

struct question {
	uint16_t id;
	char name[200];
	uint8_t msg[512];
	size_t length;
};

/* A socket whose reads give up after five seconds; connected unless to is null. */
int open_socket(int family, int type, const struct address *to);

/* A question with a name of its own under what.ask.example.test. */
void compose(struct question *q, const char *what);

/* Tells who sends q. */
void tell(const struct question *q);

/* Sends: to null where the socket is connected. */
void put(int fd, const struct address *to, const struct question *q);

/* Reads until the answer to q comes; to anything if q is null. */
void take(int fd, const struct question *q);

/* All of it: a new question, told, sent, its answer read. */
void ask(int fd, const struct address *to, const char *what);

int is_stream(int fd);

/* One message, over TCP without its length; 0 at the stream's end, -1 after an error. */
ssize_t read_message(int fd, uint8_t *message, size_t size, struct address *from);
ssize_t write_message(int fd, const uint8_t *message, size_t length, const struct address *to);

/* ---- process.c --------------------------------------------------------------------------------
 */

/* Forks a process that ends with its parent. */
pid_t spawn(const char *comm);

/* The same under the process id `wanted`, if nobody has it by now. */
pid_t spawn_as(pid_t wanted, const char *comm);

/* The program's own child, waited for: it must end well. */
void reap(pid_t child);

/* Ends a server. */
void end(pid_t child);

void become_other_user(void);
void send_descriptor(int over, int fd);
int receive_descriptor(int over);

/* ---- server.c ---------------------------------------------------------------------------------
 */

/* Names the process or thread. */
void rename_to(const char *comm);

/* An address at the port that no other server has; IPv4. */
struct address own_address(void);

/* Bound, and listening if of TCP. */
int serve_at(const struct address *at, int type, int reuse_port);

/* Answer for ever; doubt is of the first query of the socket, or of each connection. */
void answer_datagrams(int fd, enum doubt doubt);
void answer_connections(int listener, enum doubt doubt);
/* Until the client closes. */
void answer_stream(int fd, enum doubt doubt);
/* A message's answer. */
void answer_one(int fd, const uint8_t *query, size_t length, const struct address *to);
/* Tells that the calling thread has read this query. */
void tell_read(const uint8_t *query, enum doubt doubt);

/* A process of its own that binds and answers; returns once it does. */
enum { REUSE_PORT = 1, CHANGE_USER = 2 };
pid_t start_server(const char *comm, const struct address *at, int type, int how);

/* A process for each of the servers at the addresses of the command line, UDP and TCP. */
#define PLAIN_SERVERS (2 * (MAX_SERVERS + 1))
struct plain {
	pid_t pids[PLAIN_SERVERS];
	int count;
};
struct plain start_servers(void);
void end_servers(const struct plain *plain);

/* Waits until all that was asked is answered. */
void settle(void);

/* ---- matrix.c ---------------------------------------------------------------------------------
 */

/* A way to ask or to answer. */
struct way {
	const char *name;
	void (*run)(const char *what, long count); /* asks count questions */
	void (*prepare)(void); /* what is done before the tracer starts, in the process of run */
	int in_matrix;
};

extern const struct way ways[];
extern const size_t way_count;

/* Every way in turn, count questions in all; says `ready` and waits for a line before it starts. */
void run_matrix(long count);

/* ---- the ways: each asks count questions and reads the answers unless it says otherwise ------ */

/* sockets.c */
void udp_connected4(const char *what, long count);
void udp_connected6(const char *what, long count);
void udp_connected_mapped(const char *what, long count);
void udp_unconnected4(const char *what, long count);
void udp_unconnected6(const char *what, long count);
void udp_unconnected_mapped(const char *what, long count);
void tcp4(const char *what, long count);
void tcp6(const char *what, long count);
void tcp_mapped(const char *what, long count);
void tcp_many(const char *what, long count);
void ip_options(const char *what, long count);
void hop_by_hop(const char *what, long count);
void nameservers(const char *what, long count);
void close_early(const char *what, long count);
void pending(const char *what, long count);
void threads_own(const char *what, long count);
void threads_shared(const char *what, long count);
void threads_shared_unconnected(const char *what, long count);
void threads_tcp(const char *what, long count);

/* processes.c */
void fork_connected(const char *what, long count);
void fork_unconnected(const char *what, long count);
void fork_tcp(const char *what, long count);
void exec_connected(const char *what, long count);
void exec_tcp(const char *what, long count);
void setuid_before(const char *what, long count);
void setuid_after(const char *what, long count);
void setuid_tcp_before(const char *what, long count);
void setuid_tcp_after(const char *what, long count);
void exit_at_once4(const char *what, long count);
void exit_at_once6(const char *what, long count);
void exit_at_once_tcp(const char *what, long count);
void passed(const char *what, long count);
void passed_unconnected(const char *what, long count);
void passed_tcp(const char *what, long count);
void twins(const char *what, long count);
void pid_reuse_udp(const char *what, long count);
void pid_reuse_tcp(const char *what, long count);
void pid_reuse_passed_udp(const char *what, long count);
void pid_reuse_passed_tcp(const char *what, long count);

/* places.c */
void netns_udp(const char *what, long count);
void netns_tcp(const char *what, long count);
void netns_left(const char *what, long count);
void one_port_udp(const char *what, long count);
void one_port_tcp(const char *what, long count);
void reuseport_udp(const char *what, long count);

/* workers.c */
void serve_udp_prefork(const char *what, long count);
void serve_udp_fork(const char *what, long count);
void serve_udp_passed(const char *what, long count);
void serve_udp_exec(const char *what, long count);
void serve_udp_threads(const char *what, long count);
void serve_udp_setuid(const char *what, long count);
void serve_udp_reuseport(const char *what, long count);
void serve_udp_reuseport_inherited(const char *what, long count);
void serve_udp_addresses(const char *what, long count);
void serve_tcp_prefork(const char *what, long count);
void serve_tcp_fork(const char *what, long count);
void serve_tcp_passed(const char *what, long count);
void serve_tcp_listener_passed(const char *what, long count);
void serve_tcp_exec(const char *what, long count);
void serve_tcp_setuid(const char *what, long count);
void serve_tcp_reuseport(const char *what, long count);
void serve_tcp_addresses(const char *what, long count);

/* before.c: sockets older than the tracer */
void open_old_connected4(void);
void open_old_connected6(void);
void open_old_unconnected(void);
void open_old_tcp(void);
void open_old_tcp_mapped(void);
void open_old_shared_udp(void);
void open_old_shared_tcp(void);
void open_old_server_udp(void);
void open_old_server_tcp(void);
void open_old_workers_udp(void);
void open_old_workers_tcp(void);
void ask_old(const char *what, long count);
void ask_old_shared(const char *what, long count);
void ask_old_server(const char *what, long count);

#endif
