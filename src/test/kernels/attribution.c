// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Compares the owner in each packet's record with what the asker prints about the message. The
 * same as AttributionIT.java, which compares the rows of the whole command.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attribution.h"
#include "check.h"
#include "expect.h"
#include "tracer.h"

#define USER_HZ 100
#define DRAIN_MS 5
#define TIMEOUT_MS 300000 /* qemu is slow without hardware virtualization */
#define NAME_LEN 256

enum hop { CLIENT_Q, CLIENT_R, SERVER_Q, SERVER_R, HOPS };
static const char *const hops[] = { "client-Q", "client-R", "server-Q", "server-R" };

/* A line of the asker: see print_row() in asker.h. */
struct truth {
	char name[NAME_LEN], comm[COMM_LEN], pcomm[COMM_LEN];
	enum hop hop;
	bool doubt; /* the record may have another owner */
	bool shared; /* two processes may store their owner at once: it may be unknown */
	bool shown; /* by a record */
	__u32 pid, tid, uid, gid, ppid, mntns, netns;
	__u64 start_ticks;
};

/* How a record's owner compares. Stale: the right process, with outdated attributes. */
enum judgment { EXACT, SOCKET, SOCKET_STALE, SOCKET_WRONG, UNKNOWN, EXACT_WRONG, VERDICTS };
static const char *const verdicts[] = { "exact",	 "socket",  "socket, stale",
					"socket, wrong", "unknown", "exact, wrong" };

static pid_t asker;
static int asker_input, asker_output;
static struct truth *truths;
static size_t truth_count;
static unsigned long counts[VERDICTS];
static char complaint[sizeof(reason)];

static void read_line(char *line, size_t size)
{
	size_t len = 0;

	while (len + 1 < size && read(asker_output, line + len, 1) == 1 && line[len] != '\n')
		len++;
	line[len] = 0;
}

void begin_attribution(const char *program, const char *queries)
{
	int in[2], out[2];
	char line[64];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC))
		die("pipe: %s", strerror(errno));
	asker = fork();
	if (asker == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		execl(program, "asker", "-4", "127.0.0.1,127.0.0.2", "matrix", queries, NULL);
		_exit(127);
	}
	if (asker < 0)
		die("fork: %s", strerror(errno));
	close(in[0]);
	close(out[1]);
	asker_input = in[1];
	asker_output = out[0];
	read_line(line, sizeof(line));
	if (strcmp(line, "ready"))
		die("the asker printed instead of ready: %s", line);
}

/* ---- the asker's rows ---------------------------------------------------------------------
 */

static int by_hop_and_name(const void *one, const void *other)
{
	const struct truth *a = one, *b = other;

	return a->hop != b->hop ? (int)a->hop - (int)b->hop : strcmp(a->name, b->name);
}

static struct truth *find(enum hop hop, const char *name)
{
	struct truth key = { .hop = hop };

	snprintf(key.name, sizeof(key.name), "%s", name);
	return bsearch(&key, truths, truth_count, sizeof(key), by_hop_and_name);
}

static void keep_truth(const char *line)
{
	struct truth truth = {};
	char hop[16], doubt[16];

	if (sscanf(line, "%u %u %u %15s %255s %15s %15s %u %u %u %u %llu %15[^\n]", &truth.pid,
		   &truth.tid, &truth.uid, truth.comm, truth.name, hop, doubt, &truth.ppid,
		   &truth.gid, &truth.mntns, &truth.netns, &truth.start_ticks, truth.pcomm) != 13)
		die("the asker printed: %s", line);
	while (truth.hop < HOPS && strcmp(hops[truth.hop], hop))
		truth.hop++;
	if (truth.hop == HOPS)
		die("the asker printed: %s", line);
	truth.doubt = strcmp(doubt, "none") != 0;
	truth.shared = !strcmp(doubt, "shared");
	truths = realloc(truths, (truth_count + 1) * sizeof(truth));
	if (!truths)
		die("out of memory");
	truths[truth_count++] = truth;
}

/* Lets the asker run and reads its rows; drains the ring meanwhile, which must not fill up. */
static void run_asker(void)
{
	struct pollfd watched = { .fd = asker_output, .events = POLLIN };
	FILE *lines = fdopen(asker_output, "r");
	char line[512];
	int status, waited = 0;

	if (!lines || write(asker_input, "\n", 1) != 1)
		die("asker: %s", strerror(errno));
	setvbuf(lines, NULL, _IONBF, 0); /* or poll would miss what is in the buffer */
	for (;;) {
		drain();
		if (!poll(&watched, 1, DRAIN_MS)) {
			waited += DRAIN_MS;
			if (waited > TIMEOUT_MS)
				die("the asker is stuck");
			continue;
		}
		if (!fgets(line, sizeof(line), lines))
			break;
		keep_truth(line);
	}
	fclose(lines);
	close(asker_input);
	if (waitpid(asker, &status, 0) != asker || status)
		die("the asker ended with %#x", status);
	drain();
	qsort(truths, truth_count, sizeof(*truths), by_hop_and_name);
}

/* ---- the records ------------------------------------------------------------------------
 */

/* The name in the question. Each message of the asker is in one packet. */
static bool name_of(const struct packet *packet, char *name, enum hop *hop)
{
	size_t start = packet->head.protocol == IPPROTO_TCP ? 2 : 0, at = start + 12, to = 0;
	const __u8 *bytes = packet->payload;
	size_t len = packet->head.payload_len;
	bool response, client;

	if (len <= at)
		return false;
	while (at < len && bytes[at] && at + 1 + bytes[at] < len && to + bytes[at] + 2 < NAME_LEN) {
		if (to)
			name[to++] = '.';
		memcpy(name + to, bytes + at + 1, bytes[at]);
		to += bytes[at];
		at += 1 + bytes[at];
	}
	name[to] = 0;
	response = bytes[start + 2] >> 7;
	client = response == (packet->head.direction == INGRESS);
	*hop = client ? (response ? CLIENT_R : CLIENT_Q) : (response ? SERVER_R : SERVER_Q);
	return true;
}

static bool is_same(const struct owner *owner, const struct truth *truth)
{
	return owner->tid == truth->tid && owner->ppid == truth->ppid && owner->uid == truth->uid &&
	       owner->gid == truth->gid && owner->mntns == truth->mntns &&
	       owner->netns == truth->netns && !strcmp(owner->comm, truth->comm) &&
	       !strcmp(owner->pcomm, truth->pcomm);
}

static enum judgment judge(const struct packet_record *head, const struct truth *truth)
{
	const struct owner *owner = &head->owner;
	bool process = owner->pid == truth->pid &&
		       owner->start_time / (1000000000 / USER_HZ) == truth->start_ticks;
	bool all = process && is_same(owner, truth);

	switch (head->attribution) {
	case OWNER_UNKNOWN:
		return UNKNOWN;
	case OWNER_EXACT:
		return all ? EXACT : EXACT_WRONG;
	default:
		return all ? SOCKET : process ? SOCKET_STALE : SOCKET_WRONG;
	}
}

static void complain(const struct truth *truth, const char *what, const struct owner *owner)
{
	if (complaint[0])
		return; /* the first is reported */
	snprintf(complaint, sizeof(complaint),
		 "%s: %s of %.100s: pid %u tid %u uid %u comm %.16s, not %u %u %u %s", what,
		 hops[truth->hop], strchr(truth->name, '.') + 1, owner->pid, owner->tid, owner->uid,
		 owner->comm, truth->pid, truth->tid, truth->uid, truth->comm);
}

static void compare(const struct packet *packet)
{
	const struct packet_record *head = &packet->head;
	enum judgment verdict;
	struct truth *truth;
	char name[NAME_LEN];
	enum hop hop;

	if (!name_of(packet, name, &hop)) {
		snprintf(complaint, sizeof(complaint), "a packet without a question");
		return;
	}
	truth = find(hop, name);
	if (truth)
		truth->shown = true;
	/* User space takes the owner of a client's response from the query. */
	if (hop == CLIENT_R)
		return;
	if (!truth) {
		snprintf(complaint, sizeof(complaint), "the asker has no %s of %s", hops[hop],
			 name);
		return;
	}
	verdict = judge(head, truth);
	counts[verdict]++;
	if (verdict == EXACT_WRONG || (verdict == UNKNOWN && !truth->shared) ||
	    (verdict == SOCKET_WRONG && !truth->doubt))
		complain(truth, verdicts[verdict], &head->owner);
	if (head->protocol == IPPROTO_UDP && head->direction == EGRESS && verdict != EXACT)
		complain(truth, "not exact", &head->owner);
}

static void look_for_missing(void)
{
	static const struct owner no_owner;

	for (size_t i = 0; i < truth_count; i++)
		if (!truths[i].shown)
			complain(&truths[i], "no record", &no_owner);
}

void check_attribution(void)
{
	unsigned long queries = 0;

	forget();
	run_asker();
	for (size_t i = 0; i < seen.packet_count; i++)
		compare(&seen.packets[i]);
	look_for_missing();
	for (size_t i = 0; i < truth_count; i++)
		queries += truths[i].hop == CLIENT_Q;
	printf("@ %lu attribution, queries\n", queries);
	for (int i = 0; i < VERDICTS; i++)
		printf("@ %lu rows %s\n", counts[i], verdicts[i]);
	if (complaint[0])
		failed("attribution", "%s", complaint);
	else
		passed("attribution");
}
