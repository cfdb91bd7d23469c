/* SPDX-License-Identifier: Apache-2.0 */
/* What the cases share: sockets, questions with unique names, the expected attribution. */
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

/* The servers given on the command line. */
struct servers {
	struct address v4[MAX_SERVERS], v6, mapped;
	int v4_count, port;
};

/* Counters that all processes of one run share, also after an exec. */
struct board {
	atomic_uint next_number; /* of a question */
	atomic_uint next_address; /* of new_address() */
	atomic_uint asked;
	atomic_uint answered;
	int matrix; /* 1: print all rows, not only CLIENT_QUERY */
};

extern struct servers servers;
extern struct board *board;
extern int board_fd;

/* Creates the board, or maps the one inherited as fd through an exec. */
void open_board(int fd);

/* ---- truth.c: expected attribution
 * -------------------------------------------------------------------
 */

/*
 * Why the row of a query that arrives at a server may have another process as owner: the packet
 * arrives before a process reads it. All other rows must have the right owner.
 */
enum doubt {
	NONE, /* the owner must be right */
	FIRST, /* this process got the socket from another one and has not used it yet */
	SHARED, /* several processes read from the socket */
};

/* The rows of a lookup: the query and the response, at the client and at the server. */
enum row { CLIENT_QUERY, CLIENT_RESPONSE, SERVER_QUERY, SERVER_RESPONSE };

/*
 * Prints the calling thread as the sender or reader of that row's message, in one write:
 * PID TID UID COMM NAME ROW DOUBT PPID GID MNTNS NETNS START PCOMM; START in clock ticks.
 */
void print_row(const char *name, enum row row, enum doubt doubt);

/* Discards what print_row() caches of this thread: for use after unshare(). */
void forget_self(void);

/* ---- question.c -------------------------------------------------------------------------------
 */

struct question {
	uint16_t id;
	char name[200];
	uint8_t msg[512];
	size_t length;
};

/* Reads time out after 30 s (TIMEOUT_S). Connected unless to is null. */
int open_socket(int family, int type, const struct address *to);

/* A question with a unique name below what.ask.example.test. */
void make_question(struct question *q, const char *what);

/* Prints the calling thread as the sender of q. */
void print_sender(const struct question *q);

/* to: null if the socket is connected. */
void send_question(int fd, const struct address *to, const struct question *q);

/* Reads until the answer to q arrives; any message if q is null. */
void receive_answer(int fd, const struct question *q);

/* Makes a question, prints its sender, sends it and receives its answer. */
void ask(int fd, const struct address *to, const char *what);

int is_stream(int fd);

/* One message, over TCP without its length; 0 at the stream's end, -1 after an error. */
ssize_t read_message(int fd, uint8_t *message, size_t size, struct address *from);
ssize_t write_message(int fd, const uint8_t *message, size_t length, const struct address *to);

/* ---- process.c --------------------------------------------------------------------------------
 */

/* Forks a process that ends with its parent. */
pid_t spawn(const char *comm);

/* The same with the process id `wanted` if it is free, see clone3(2), set_tid. */
pid_t spawn_as(pid_t wanted, const char *comm);

/* Waits for a child, which must exit with 0. */
void reap(pid_t child);

/* Kills a server. */
void end(pid_t child);

void become_other_user(void);
void send_descriptor(int over, int fd);
int receive_descriptor(int over);

/* ---- server.c ---------------------------------------------------------------------------------
 */

/* PR_SET_NAME */
void rename_to(const char *comm);

/* An unused IPv4 address in 127.1.0.0/16, with the port of the command line. */
struct address new_address(void);

/* A bound socket; a TCP socket listens. */
int serve_at(const struct address *at, int type, int reuse_port);

/* These never return. doubt: of the first query of the socket, or of each connection. */
void answer_datagrams(int fd, enum doubt doubt);
void answer_connections(int listener, enum doubt doubt);
/* Until the client closes. */
void answer_stream(int fd, enum doubt doubt);
/* Sends the answer to one query. */
void answer_one(int fd, const uint8_t *query, size_t length, const struct address *to);
/* Prints the calling thread as the reader of this query. */
void print_reader(const uint8_t *query, enum doubt doubt);

/* Starts a server process; returns once its socket is bound. */
enum { REUSE_PORT = 1, CHANGE_USER = 2 };
pid_t start_server(const char *comm, const struct address *at, int type, int how);

/* Two processes, UDP and TCP, for each server address of the command line. */
#define PLAIN_SERVERS (2 * (MAX_SERVERS + 1))
struct default_servers {
	pid_t pids[PLAIN_SERVERS];
	int count;
};
struct default_servers start_servers(void);
void end_servers(const struct default_servers *default_servers);

/* Waits until all queries are answered. */
void settle(void);

/* ---- matrix.c ---------------------------------------------------------------------------------
 */

/* One way to ask or to answer. */
struct test_case {
	const char *name;
	void (*run)(const char *what, long count); /* sends count queries */
	void (*prepare)(void); /* runs before the tracer starts, in the process of run */
	int in_matrix;
};

extern const struct test_case test_cases[];
extern const size_t test_case_count;

/* Runs all matrix cases, count queries in all; see asker.c for the protocol. */
void run_matrix(long count);

/* ---- cases: each sends count queries and reads the answers, unless noted otherwise ----------- */

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
