// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Each case runs in a child process in the client's cgroup, which also has the server's socket, if
 * there is one. What a kernel must report depends on features.h only.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "expect.h"
#include "features.h"
#include "losses.h"
#include "netfilter.h"
#include "tracer.h"
#include "traffic.h"

#define CLOSED_IPV4 "127.0.0.6" /* nothing listens */
#define FULL_IPV4 "127.0.0.7"
#define SERVER_IPV4 "127.0.0.8"
#define NO_ROUTE_IPV4 "192.0.2.1" /* RFC 5737 */
#define NO_ROUTE_IPV6 "2001:db8::1" /* RFC 3849 */
#define TIMEOUT_S 30
#define LEN 60 /* of a message */
#define FULL_QUERIES 24

/* ICMP type << 8 | code, RFC 792: port unreachable */
#define PORT_UNREACHABLE (3 << 8 | 3)

/* Shared with the child. */
static struct played {
	struct who client, server;
	int delivered; /* queries that the server can read */
	char trouble[200];
} * played;

static const char *cgroup;
static __u64 cgroup_id;

/* What a drop record must have. */
struct loss {
	enum drop_hook hook;
	__u32 reason;
	const char *source, *destination;
	__u16 source_port, destination_port;
	enum drop_place place;
	__u64 cookie;
	int lookup; /* of the message, see fill_message() */
	bool response;
};

/* ---- the child's side --------------------------------------------------------------------- */

static __attribute__((format(printf, 1, 2), noreturn)) void give_up(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(played->trouble, sizeof(played->trouble), format, arguments);
	va_end(arguments);
	_exit(1);
}

/* Port 53 of an address; returns the length. */
static socklen_t name_address(struct sockaddr_in6 *address, const char *text)
{
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)address;

	memset(address, 0, sizeof(*address));
	address->sin6_port = htons(53); /* at the same offset in both */
	if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1) {
		ipv4->sin_family = AF_INET;
		return sizeof(*ipv4);
	}
	inet_pton(AF_INET6, text, &address->sin6_addr);
	address->sin6_family = AF_INET6;
	return sizeof(*address);
}

static int open_socket(const char *address, int type)
{
	int fd = socket(strchr(address, '.') ? AF_INET : AF_INET6, type, 0);

	if (fd < 0)
		give_up("socket: %s", strerror(errno));
	return fd;
}

static int open_connected(const char *server)
{
	struct sockaddr_in6 to;
	socklen_t len = name_address(&to, server);
	int fd = open_socket(server, SOCK_DGRAM);

	if (connect(fd, (struct sockaddr *)&to, len))
		give_up("connect: %s", strerror(errno));
	return fd;
}

static int open_server(const char *address)
{
	struct sockaddr_in6 own;
	socklen_t len = name_address(&own, address);
	int fd = open_socket(address, SOCK_DGRAM);

	if (bind(fd, (struct sockaddr *)&own, len))
		give_up("bind: %s", strerror(errno));
	return fd;
}

/* server: NULL for a connected socket. Returns the errno. */
static int try_query(int fd, const char *server, int lookup)
{
	struct sockaddr_in6 to;
	socklen_t len = server ? name_address(&to, server) : 0;
	__u8 message[LEN];

	fill_message(message, LEN, lookup, false);
	return sendto(fd, message, LEN, 0, server ? (struct sockaddr *)&to : NULL, len) == LEN
		       ? 0
		       : errno;
}

static void query(int fd, const char *server, int lookup)
{
	int error = try_query(fd, server, lookup);

	if (error)
		give_up("sendto: %s", strerror(error));
}

static void query_closed_port(const char *server)
{
	int fd = open_connected(server);
	__u8 message[LEN];

	query(fd, NULL, 1);
	if (recv(fd, message, LEN, 0) >= 0 || errno != ECONNREFUSED)
		give_up("no ECONNREFUSED");
	describe_socket(&played->client, fd);
}

/* The server does not read. */
static void query_full_server(const char *address)
{
	int server = open_server(address), client = open_socket(address, SOCK_DGRAM);
	int smallest = 1;
	__u8 message[LEN];

	if (setsockopt(server, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof(smallest)))
		give_up("SO_RCVBUF: %s", strerror(errno));
	for (int i = 0; i < FULL_QUERIES; i++)
		query(client, address, i);
	describe_socket(&played->client, client);
	describe_socket(&played->server, server);
	while (recv(server, message, LEN, MSG_DONTWAIT) == LEN)
		played->delivered++;
}

static void answer_closed_client(const char *address)
{
	int server = open_server(address), client = open_connected(address);
	struct sockaddr_in6 from;
	socklen_t len = sizeof(from);
	__u8 message[LEN];

	query(client, NULL, 1);
	describe_socket(&played->client, client);
	describe_socket(&played->server, server);
	if (recvfrom(server, message, LEN, 0, (struct sockaddr *)&from, &len) != LEN)
		give_up("recvfrom: %s", strerror(errno));
	close(client);
	fill_message(message, LEN, 1, true);
	if (sendto(server, message, LEN, 0, (struct sockaddr *)&from, len) != LEN)
		give_up("sendto: %s", strerror(errno));
}

static void connect_to_closed_port(const char *server)
{
	struct sockaddr_in6 to;
	socklen_t len = name_address(&to, server);
	int fd = open_socket(server, SOCK_STREAM);

	if (!connect(fd, (struct sockaddr *)&to, len) || errno != ECONNREFUSED)
		give_up("no ECONNREFUSED");
	describe_socket(&played->client, fd);
}

static void query_blocked(const char *server)
{
	int fd = open_socket(server, SOCK_DGRAM);

	if (try_query(fd, server, 1) != EPERM)
		give_up("no EPERM");
	describe_socket(&played->client, fd);
}

static void query_blocked_connected(const char *server)
{
	int fd = open_connected(server);

	if (try_query(fd, NULL, 1) != EPERM)
		give_up("no EPERM");
	describe_socket(&played->client, fd);
}

static void connect_without_route(const char *server, int type)
{
	struct sockaddr_in6 to;
	socklen_t len = name_address(&to, server);
	int fd = open_socket(server, type);

	if (!connect(fd, (struct sockaddr *)&to, len) || errno != ENETUNREACH)
		give_up("no ENETUNREACH");
	describe_socket(&played->client, fd);
}

static void connect_udp_without_route(const char *server)
{
	connect_without_route(server, SOCK_DGRAM);
}

static void connect_tcp_without_route(const char *server)
{
	connect_without_route(server, SOCK_STREAM);
}

static void query_without_route(const char *server)
{
	int fd = open_socket(server, SOCK_DGRAM);

	if (try_query(fd, server, 1) != ENETUNREACH)
		give_up("no ENETUNREACH");
	describe_socket(&played->client, fd);
	if (close(fd)) /* before the process's end, which takes its namespaces first */
		give_up("close: %s", strerror(errno));
}

/* As programs do to learn their own address. */
static void connect_only(const char *server)
{
	describe_socket(&played->client, open_connected(server));
}

static bool play(void (*act)(const char *), const char *server)
{
	int status = 0;
	pid_t child;

	forget();
	memset(played, 0, sizeof(*played));
	child = fork();
	if (child == 0) {
		alarm(TIMEOUT_S);
		join(cgroup);
		prctl(PR_SET_NAME, "loser");
		describe(&played->client);
		act(server);
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		die("fork: %s", strerror(errno));
	drain();
	return !status || wrong("%s", played->trouble[0] ? played->trouble : "no end");
}

/* ---- the records ---------------------------------------------------------------------------- */

/* Number of records of a hook with these ports; *found is the last. */
static int find_drops(const struct loss *loss, const struct drop **found)
{
	int count = 0;

	for (size_t i = 0; i < seen.drop_count; i++) {
		const struct drop_record *head = &seen.drops[i].head;

		if (head->hook != loss->hook || head->packet.source_port != loss->source_port ||
		    head->packet.destination_port != loss->destination_port)
			continue;
		*found = &seen.drops[i];
		count++;
	}
	return count;
}

static bool drop_is(const struct loss *loss, const struct drop *drop)
{
	const struct packet_record *head = &drop->head.packet;
	__u8 source[16], destination[16], message[LEN];

	address_of(loss->source, source);
	address_of(loss->destination, destination);
	fill_message(message, LEN, loss->lookup, loss->response);
	return same("reason", drop->head.reason, loss->reason) &&
	       same("place", drop->head.place, loss->place) &&
	       same("cookie", head->cookie, loss->cookie) &&
	       same("protocol", head->protocol, IPPROTO_UDP) &&
	       same("device down", drop->head.device_down, 0) &&
	       same("netns", head->netns, played->client.netns) &&
	       bytes_are("source", head->source, source, 16) &&
	       bytes_are("destination", head->destination, destination, 16) &&
	       same("payload", head->payload_len, LEN) && same("inline", head->inline_len, LEN) &&
	       bytes_are("payload", drop->payload, message, LEN);
}

static bool one_drop_is(const struct loss *loss)
{
	const struct drop *drop = NULL;

	return same("records of the loss", find_drops(loss, &drop), 1) && drop_is(loss, drop);
}

/* The error of the client's socket. */
static bool error_is(int error, __u8 protocol)
{
	const struct drop_record *found = NULL;

	for (size_t i = 0; i < seen.drop_count; i++) {
		if (seen.drops[i].head.hook != DROP_SOCKET_ERROR)
			continue;
		if (found)
			return wrong("more than one error");
		found = &seen.drops[i].head;
	}
	if (!found)
		return wrong("no error");
	return same("errno", found->reason, error) &&
	       same("place", found->place, DROP_AT_SENDING_SOCKET) &&
	       same("cookie", found->packet.cookie, played->client.cookie) &&
	       same("protocol", found->packet.protocol, protocol);
}

static bool owner_is(const struct packet_record *head)
{
	return same("attribution", head->attribution, OWNER_EXACT) &&
	       task_is(&head->owner, &played->client);
}

static bool asked_is(const struct packet_record *head, const char *server)
{
	__u8 address[16];

	address_of(server, address);
	return same("asked known", head->flags & ~ASKED_BY_CONNECT, ASKED_KNOWN) &&
	       same("asked port", head->asked_port, 53) &&
	       bytes_are("asked", head->asked, address, 16);
}

static bool is_closed_reported(void)
{
	return same("closed notices", seen.closed_count, 1) &&
	       same("its cookie", seen.closed[0].cookie, played->client.cookie);
}

/* 0: the kernel names no reasons. */
static __u32 number_of(const char *name)
{
	int number = has_drop_reasons() ? drop_reason(name) : 0;

	if (number < 0)
		die("the kernel has no reason %s", name);
	return number;
}

/* ---- cases ---------------------------------------------------------------------------------- */

static void report(const char *check, bool right)
{
	if (right)
		passed(check);
	else
		failed(check, "%s", reason);
	fflush(stdout);
}

/* For what only some kernels have. */
static void report_if(bool possible, const char *check, bool right)
{
	if (possible || right)
		report(check, right);
	else
		absent(check);
}

static struct loss at_closed_port(const char *server)
{
	return (struct loss){ .hook = DROP_KFREE_SKB,
			      .reason = number_of("NO_SOCKET"),
			      .source = strchr(server, '.') ? "127.0.0.1" : server,
			      .destination = server,
			      .source_port = played->client.port,
			      .destination_port = 53,
			      .place = DROP_AT_RECEIVING_HOST,
			      .lookup = 1 };
}

static void check_closed_port(void)
{
	bool right = play(query_closed_port, CLOSED_IPV4);
	struct loss loss = at_closed_port(CLOSED_IPV4), answer = loss;

	answer.hook = DROP_ICMP_SENT;
	answer.reason = PORT_UNREACHABLE;
	report("loss at a closed port", right && one_drop_is(&loss) && is_closed_reported());
	report_if(has_drop_reasons(), "reason of the loss",
		  has_drop_reasons() && right && one_drop_is(&loss));
	report_if(has_tracepoint("icmp_send"), "ICMP answer of this host",
		  right && one_drop_is(&answer));
	report_if(has_tracepoint("inet_sk_error_report"), "error of the client's socket",
		  right && error_is(ECONNREFUSED, IPPROTO_UDP));
}

static void check_closed_port_ipv6(void)
{
	bool right = play(query_closed_port, "::1");
	struct loss loss = at_closed_port("::1"), answer = loss;
	const struct drop *found = NULL;

	answer.hook = DROP_ICMP_SENT;
	report("loss at a closed port, IPv6",
	       right && one_drop_is(&loss) && is_closed_reported() &&
		       same("ICMP answers", find_drops(&answer, &found), 0) &&
		       (!has_tracepoint("inet_sk_error_report") ||
			error_is(ECONNREFUSED, IPPROTO_UDP)));
}

static bool is_lookup_dropped(int lookup, bool *dropped)
{
	struct loss loss = { .hook = DROP_KFREE_SKB,
			     .reason = number_of("SOCKET_RCVBUFF"),
			     .source = "127.0.0.1",
			     .destination = FULL_IPV4,
			     .source_port = played->client.port,
			     .destination_port = 53,
			     .place = has_drop_receiver() ? DROP_AT_RECEIVING_SOCKET
							  : DROP_AT_RECEIVING_HOST,
			     .cookie = has_drop_receiver() ? played->server.cookie : 0,
			     .lookup = lookup };

	*dropped = false;
	for (size_t i = 0; i < seen.drop_count; i++) {
		if (seen.drops[i].payload[1] != lookup)
			continue;
		if (*dropped)
			return wrong("query %d was dropped twice", lookup);
		*dropped = true;
		if (!drop_is(&loss, &seen.drops[i]))
			return false;
	}
	return true;
}

/* The query's record where it arrived. */
static const struct packet_record *arrival_of(int lookup)
{
	for (size_t i = 0; i < seen.packet_count; i++)
		if (seen.packets[i].head.direction == INGRESS &&
		    seen.packets[i].payload[1] == lookup)
			return &seen.packets[i].head;
	return NULL;
}

/* Every dropped query has a drop record, and its packet record had BUFFER_FILLING. */
static bool full_buffer_is_known(void)
{
	int dropped = 0;

	for (int i = 0; i < FULL_QUERIES; i++) {
		const struct packet_record *arrival = arrival_of(i);
		bool is_dropped;

		if (!is_lookup_dropped(i, &is_dropped))
			return false;
		if (!arrival)
			return wrong("query %d has not arrived", i);
		if (is_dropped && !(arrival->flags & BUFFER_FILLING))
			return wrong("query %d was dropped, the buffer not filling", i);
		if (i == 0 && arrival->flags & BUFFER_FILLING)
			return wrong("an empty buffer is filling");
		dropped += is_dropped;
	}
	return same("dropped", dropped, FULL_QUERIES - played->delivered) &&
	       (dropped || wrong("none was dropped"));
}

static void check_full_buffer(void)
{
	bool right = play(query_full_server, FULL_IPV4) && full_buffer_is_known();

	report("loss at a full buffer", right);
	report_if(has_drop_receiver(), "socket of the full buffer", has_drop_receiver() && right);
}

static void check_late_response(void)
{
	bool right = play(answer_closed_client, SERVER_IPV4);
	struct loss loss = { .hook = DROP_KFREE_SKB,
			     .reason = number_of("NO_SOCKET"),
			     .source = SERVER_IPV4,
			     .destination = "127.0.0.1",
			     .source_port = 53,
			     .destination_port = played->client.port,
			     .place = DROP_AT_RECEIVING_HOST,
			     .lookup = 1,
			     .response = true };

	report("response to a closed socket", right && one_drop_is(&loss) && is_closed_reported());
}

static bool connect_is(const char *server)
{
	const struct packet_record *head = seen.connects;

	return same("connect records", seen.connect_count, 1) &&
	       same("protocol", head->protocol, IPPROTO_TCP) &&
	       same("direction", head->direction, EGRESS) &&
	       same("cookie", head->cookie, played->client.cookie) &&
	       same("payload", head->payload_len, 0) && asked_is(head, server) && owner_is(head) &&
	       is_closed_reported();
}

static void check_connect(void)
{
	const char *const servers[] = { CLOSED_IPV4, "::1" };
	bool right = true, error = true;

	for (int i = 0; i < 2; i++) {
		right = right && play(connect_to_closed_port, servers[i]) && connect_is(servers[i]);
		error = error && error_is(ECONNREFUSED, IPPROTO_TCP);
	}
	report("connect to a closed port", right);
	report_if(has_tracepoint("inet_sk_error_report"), "error of the connect", right && error);
}

static bool unsent_is(const char *server, __u8 protocol, bool connect)
{
	const struct packet_record *head = seen.unsent;

	return same("unsent records", seen.unsent_count, 1) &&
	       same("packets", seen.packet_count, 0) &&
	       same("protocol", head->protocol, protocol) &&
	       same("direction", head->direction, EGRESS) &&
	       same("by connect", !!(head->flags & ASKED_BY_CONNECT), connect) &&
	       same("cookie", head->cookie, played->client.cookie) &&
	       same("cgroup", head->cgroup, cgroup_id) && asked_is(head, server) && owner_is(head);
}

static void check_unsent(void)
{
	const char *const servers[] = { NO_ROUTE_IPV4, NO_ROUTE_IPV6 };
	bool right = true;

	for (int i = 0; i < 2; i++)
		right = right && play(connect_udp_without_route, servers[i]) &&
			unsent_is(servers[i], IPPROTO_UDP, true) &&
			play(connect_tcp_without_route, servers[i]) &&
			unsent_is(servers[i], IPPROTO_TCP, true) &&
			play(query_without_route, servers[i]) &&
			unsent_is(servers[i], IPPROTO_UDP, false);
	report("a server without route", right);
	right = play(connect_only, CLOSED_IPV4) && same("unsent records", seen.unsent_count, 0) &&
		play(connect_only, "::1") && same("unsent records", seen.unsent_count, 0) &&
		play(query_closed_port, CLOSED_IPV4) &&
		same("unsent records", seen.unsent_count, 0) &&
		play(connect_to_closed_port, CLOSED_IPV4) &&
		same("unsent records", seen.unsent_count, 0) &&
		play(connect_to_closed_port, "::1") && same("unsent records", seen.unsent_count, 0);
	report("servers with a route are none", right);
}

static bool sender_is(bool connected)
{
	struct loss loss = at_closed_port(SERVER_IPV4);
	const struct packet_record *head;
	const struct drop *drop = NULL;

	loss.reason = number_of("NETFILTER_DROP");
	loss.place = DROP_AT_SENDING_SOCKET;
	loss.cookie = played->client.cookie;
	if (!same("records of the loss", find_drops(&loss, &drop), 1) || !drop_is(&loss, drop) ||
	    !same("packets", seen.packet_count, 0) ||
	    !same("unsent records", seen.unsent_count, !connected && !has_storage_in_tracing()))
		return false;
	head = &drop->head.packet;
	if (!same("direction", head->direction, EGRESS) ||
	    !same("cgroup", head->cgroup, cgroup_id) ||
	    ((connected || has_storage_in_tracing()) && !asked_is(head, SERVER_IPV4)))
		return false;
	return has_storage_in_tracing() ? owner_is(head)
					: same("attribution", head->attribution, OWNER_UNKNOWN);
}

static void check_netfilter(void)
{
	bool right;

	if (!block_output()) {
		absent("loss in netfilter OUTPUT");
		absent("sender and asked server of it");
		return;
	}
	right = play(query_blocked, SERVER_IPV4) && sender_is(false) &&
		play(query_blocked_connected, SERVER_IPV4) && sender_is(true);
	unblock_output();
	report("loss in netfilter OUTPUT", right);
	report_if(has_storage_in_tracing(), "sender and asked server of it",
		  has_storage_in_tracing() && right);
}

void check_losses(const char *clients_cgroup, __u64 clients_cgroup_id)
{
	cgroup = clients_cgroup;
	cgroup_id = clients_cgroup_id;
	played = mmap(NULL, sizeof(*played), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (played == MAP_FAILED)
		die("mmap: %s", strerror(errno));
	check_closed_port();
	check_closed_port_ipv6();
	check_full_buffer();
	check_late_response();
	check_connect();
	check_unsent();
	check_netfilter();
}
