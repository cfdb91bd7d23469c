// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* The client and the server of one scenario. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "traffic.h"

#define PORT 53
#define TIMEOUT_S 30
#define OTHER_UID 1000
#define UDP_SEGMENT 103
#define MESSAGE_MAX 65535

/* One side of a scenario: the client's end or the server's. */
struct side {
	const struct scenario *scenario;
	struct stage *stage;
	int fd;
	struct sockaddr_in6 server; /* or a sockaddr_in */
	socklen_t server_len;
};

int lookups_of(const struct scenario *scenario)
{
	return scenario->lookups ? scenario->lookups : 1;
}

void fill_message(__u8 *message, size_t len, int lookup, bool response)
{
	__u8 header[12] = { 0x4a, lookup, response ? 0x84 : 0x01, 0, 0, 1 };

	for (size_t i = sizeof(header); i < len; i++)
		message[i] = i * 31 + (i >> 8) * 7 + lookup * 17 + response * 101;
	memcpy(message, header, sizeof(header));
}

void address_of(const char *text, __u8 address[16])
{
	static const __u8 mapped[12] = { [10] = 0xff, [11] = 0xff };

	memcpy(address, mapped, 12);
	if (inet_pton(AF_INET, text, address + 12) != 1 && inet_pton(AF_INET6, text, address) != 1)
		die("%s: no address", text);
}

static __attribute__((format(printf, 2, 3), noreturn)) void abort_side(struct side *side,
								       const char *format, ...)
{
	char *trouble = side->stage->trouble;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(trouble, sizeof(side->stage->trouble), format, arguments);
	va_end(arguments);
	_exit(1);
}

static void read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);

	if (len < 0)
		die("%s: %s", path, strerror(errno));
	close(fd);
	text[len] = 0;
	text[strcspn(text, "\n")] = 0;
}

static __u32 inode_of(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		die("%s: %s", path, strerror(errno));
	return status.st_ino;
}

/* The calling thread; proc(5): the start time is the 20th field after the comm's parenthesis. */
void describe(struct who *who)
{
	char path[64], text[1024], *field;

	who->pid = getpid();
	who->tid = syscall(SYS_gettid);
	who->ppid = getppid();
	who->uid = getuid();
	who->gid = getgid();
	who->mntns = inode_of("/proc/self/ns/mnt");
	who->netns = inode_of("/proc/self/ns/net");
	prctl(PR_GET_NAME, who->comm);
	snprintf(path, sizeof(path), "/proc/%u/comm", who->ppid);
	read_text(path, who->pcomm, sizeof(who->pcomm));
	read_text("/proc/self/stat", text, sizeof(text));
	field = strrchr(text, ')');
	for (int i = 0; field && i < 20; i++)
		field = strchr(field + 1, ' ');
	who->start_ticks = field ? strtoull(field, NULL, 10) : 0;
}

void describe_socket(struct who *who, int fd)
{
	struct sockaddr_in6 own;
	socklen_t len = sizeof(who->cookie);

	if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &who->cookie, &len))
		die("SO_COOKIE: %s", strerror(errno));
	len = sizeof(own);
	if (getsockname(fd, (struct sockaddr *)&own, &len))
		die("getsockname: %s", strerror(errno));
	/* sockaddr_in and sockaddr_in6 have the port at the same offset */
	who->port = ntohs(own.sin6_port);
}

static void name_server(struct side *side, const char *address)
{
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&side->server;

	memset(&side->server, 0, sizeof(side->server));
	if (inet_pton(AF_INET, address, &ipv4->sin_addr) == 1) {
		ipv4->sin_family = AF_INET;
		ipv4->sin_port = htons(PORT);
		side->server_len = sizeof(*ipv4);
		return;
	}
	inet_pton(AF_INET6, address, &side->server.sin6_addr);
	side->server.sin6_family = AF_INET6;
	side->server.sin6_port = htons(PORT);
	side->server_len = sizeof(side->server);
}

static void make_socket(struct side *side)
{
	/* a PadN option; four No Operation options */
	static const __u8 hop_by_hop[8] = { 0, 0, 1, 4 };
	static const __u8 ip_options[4] = { 1, 1, 1, 1 };
	const struct scenario *scenario = side->scenario;
	int one = 1;

	side->fd = socket(side->server.sin6_family, scenario->tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
	if (side->fd < 0)
		abort_side(side, "socket: %s", strerror(errno));
	setsockopt(side->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (scenario->hop_by_hop &&
	    setsockopt(side->fd, IPPROTO_IPV6, IPV6_HOPOPTS, hop_by_hop, sizeof(hop_by_hop)))
		abort_side(side, "IPV6_HOPOPTS: %s", strerror(errno));
	if (scenario->ip_options &&
	    setsockopt(side->fd, IPPROTO_IP, IP_OPTIONS, ip_options, sizeof(ip_options)))
		abort_side(side, "IP_OPTIONS: %s", strerror(errno));
}

/* RFC 1035 section 4.2.2: over TCP each message follows its length. */
static size_t fill_stream(const struct scenario *scenario, __u8 *stream, size_t len, bool response)
{
	size_t prefix = scenario->tcp ? 2 : 0, at = 0;

	for (int i = 0; i < lookups_of(scenario); i++) {
		if (prefix) {
			stream[at] = len >> 8;
			stream[at + 1] = len;
		}
		fill_message(stream + at + prefix, len, i, response);
		at += prefix + len;
	}
	return at;
}

static __u8 *new_stream(const struct scenario *scenario)
{
	__u8 *stream = malloc((size_t)lookups_of(scenario) * (MESSAGE_MAX + 2));

	if (!stream)
		die("out of memory");
	return stream;
}

/* ---- the server ----------------------------------------------------------------------------- */

static void answer_udp(struct side *side)
{
	const struct scenario *scenario = side->scenario;
	static __u8 message[MESSAGE_MAX];
	struct sockaddr_in6 client;

	for (;;) {
		socklen_t len = sizeof(client);
		ssize_t got = recvfrom(side->fd, message, sizeof(message), 0,
				       (struct sockaddr *)&client, &len);

		if (got < 0)
			abort_side(side, "server: recvfrom: %s", strerror(errno));
		fill_message(message, scenario->answer_len, message[1], true);
		if (sendto(side->fd, message, scenario->answer_len, 0, (struct sockaddr *)&client,
			   len) < 0)
			abort_side(side, "server: sendto: %s", strerror(errno));
	}
}

static void answer_tcp(struct side *side)
{
	const struct scenario *scenario = side->scenario;
	size_t queries = lookups_of(scenario) * (scenario->query_len + 2);
	__u8 *stream = new_stream(scenario);
	size_t len;
	int fd = accept(side->fd, NULL, NULL);

	if (fd < 0)
		abort_side(side, "server: accept: %s", strerror(errno));
	side->stage->server.listener_cookie = side->stage->server.cookie;
	describe_socket(&side->stage->server, fd);
	if (recv(fd, stream, queries, MSG_WAITALL) != (ssize_t)queries)
		abort_side(side, "server: recv: %s", strerror(errno));
	len = fill_stream(scenario, stream, scenario->answer_len, true);
	if (send(fd, stream, len, 0) != (ssize_t)len)
		abort_side(side, "server: send: %s", strerror(errno));
}

static void serve(struct side *side, int ready)
{
	prctl(PR_SET_NAME, "answerer");
	make_socket(side);
	if (bind(side->fd, (struct sockaddr *)&side->server, side->server_len))
		abort_side(side, "server: bind: %s", strerror(errno));
	if (side->scenario->tcp && listen(side->fd, 1))
		abort_side(side, "server: listen: %s", strerror(errno));
	describe(&side->stage->server);
	describe_socket(&side->stage->server, side->fd);
	if (write(ready, "", 1) != 1)
		abort_side(side, "server: pipe: %s", strerror(errno));
	if (side->scenario->tcp)
		answer_tcp(side);
	else if (side->scenario->answer_len)
		answer_udp(side);
	/* killed by run() */
	for (;;)
		pause();
}

/* ---- the client ----------------------------------------------------------------------------- */

static void send_queries(struct side *side)
{
	const struct scenario *scenario = side->scenario;
	bool named = !scenario->tcp && !scenario->connected;
	__u8 *stream = new_stream(scenario);
	size_t len = fill_stream(scenario, stream, scenario->query_len, false);
	char control[CMSG_SPACE(sizeof(__u16))] = {};
	struct iovec part = { stream, len };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };

	if (named) {
		message.msg_name = &side->server;
		message.msg_namelen = side->server_len;
	}
	if (!scenario->tcp && lookups_of(scenario) > 1) {
		__u16 size = scenario->query_len;
		struct cmsghdr *segment = (struct cmsghdr *)control;

		message.msg_control = control;
		message.msg_controllen = sizeof(control);
		segment->cmsg_level = IPPROTO_UDP;
		segment->cmsg_type = UDP_SEGMENT;
		segment->cmsg_len = CMSG_LEN(sizeof(size));
		memcpy(CMSG_DATA(segment), &size, sizeof(size));
	}
	if (sendmsg(side->fd, &message, 0) != (ssize_t)len)
		abort_side(side, "sendmsg: %s", strerror(errno));
	free(stream);
}

static void receive_answers(struct side *side)
{
	const struct scenario *scenario = side->scenario;
	__u8 *expected = new_stream(scenario), *got = new_stream(scenario);
	size_t len = fill_stream(scenario, expected, scenario->answer_len, true), have = 0;

	while (have < len) {
		ssize_t more = recv(side->fd, got + have, len - have, 0);

		if (more <= 0)
			abort_side(side, "recv: %s after %zu of %zu bytes", strerror(errno), have,
				   len);
		have += more;
	}
	if (memcmp(expected, got, len))
		abort_side(side, "the answer itself is wrong");
}

static void *ask(void *argument)
{
	struct side *side = argument;
	struct who *who = &side->stage->client;

	if (side->scenario->asker == OTHER_THREAD)
		prctl(PR_SET_NAME, "asker-thread");
	describe(who);
	for (int i = 0; i < (side->scenario->flood ? FLOOD_LOOKUPS : 1); i++)
		send_queries(side);
	describe_socket(who, side->fd);
	if (side->scenario->answer_len)
		receive_answers(side);
	return NULL;
}

static void ask_from_child(struct side *side)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		alarm(TIMEOUT_S);
		prctl(PR_SET_NAME, "asker-child");
		ask(side);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort_side(side, "fork: %s", strerror(errno));
	if (status)
		_exit(1);
}

static void ask_from_thread(struct side *side)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, ask, side) || pthread_join(thread, NULL))
		abort_side(side, "no thread");
}

void join(const char *cgroup)
{
	char path[4096];
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", cgroup);
	fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, "0", 1) != 1)
		die("%s: %s", path, strerror(errno));
	close(fd);
}

static void be_client(struct side *side, const char *cgroup)
{
	alarm(TIMEOUT_S);
	join(cgroup);
	prctl(PR_SET_NAME, "asker");
	make_socket(side);
	if (side->scenario->asker == OTHER_USER && (setgid(OTHER_UID) || setuid(OTHER_UID)))
		abort_side(side, "setuid: %s", strerror(errno));
	if ((side->scenario->tcp || side->scenario->connected) &&
	    connect(side->fd, (struct sockaddr *)&side->server, side->server_len))
		abort_side(side, "connect: %s", strerror(errno));
	switch (side->scenario->asker) {
	case CHILD_AFTER_CONNECT:
		ask_from_child(side);
		break;
	case OTHER_THREAD:
		ask_from_thread(side);
		break;
	case ITSELF:
	case OTHER_USER:
		ask(side);
		break;
	}
	exit(0);
}

/* ---- both ----------------------------------------------------------------------------------- */

static pid_t start_server(struct side *side)
{
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready))
		die("pipe: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(ready[0]);
		serve(side, ready[1]);
	}
	close(ready[1]);
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		snprintf(side->stage->trouble, sizeof(side->stage->trouble), "no server");
	close(ready[0]);
	return pid;
}

bool run(const struct scenario *scenario, const char *cgroup, struct stage *stage)
{
	struct side side = { .scenario = scenario, .stage = stage };
	const char *mapped = strstr(scenario->server, "::ffff:");
	pid_t server, client;
	int status = 0;

	memset(stage, 0, sizeof(*stage));
	name_server(&side, mapped ? mapped + strlen("::ffff:") : scenario->server);
	server = start_server(&side);
	name_server(&side, scenario->server);
	client = fork();
	if (client == 0)
		be_client(&side, cgroup);
	if (client < 0 || waitpid(client, &status, 0) != client)
		die("client: %s", strerror(errno));
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	if (status && !stage->trouble[0])
		snprintf(stage->trouble, sizeof(stage->trouble), "the client got no answer in %d s",
			 TIMEOUT_S);
	return !stage->trouble[0];
}
