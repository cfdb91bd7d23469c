// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Loads and attaches the kernel program with libbpf and reads its ring. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "check.h"
#include "features.h"
#include "tracer.h"

#define RING_LEN (2 * 1024 * 1024)
#define MAX_PROGRAMS 64
#define LOG_LEN (64 * 1024)
#define LOG_TAIL 3000

struct seen seen;
struct read_totals records_read;

static struct program {
	char name[64];
	char check[72];
	bool loads;
	bool attached;
} programs[MAX_PROGRAMS];
static size_t program_count;

static struct bpf_object *tracer;
static struct ring_buffer *ring;

static struct chunk {
	struct chunk_record head;
	__u8 *data;
} * chunks;
static size_t chunk_count;

/* The last LOG_LEN bytes of libbpf's and the verifier's messages. */
static char log_text[LOG_LEN];
static size_t log_len;

static int keep_log(enum libbpf_print_level level, const char *format, va_list arguments)
{
	char line[16 * 1024];
	size_t len;

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(line, sizeof(line), format, arguments);
	len = strlen(line);
	if (log_len + len > LOG_LEN) {
		memmove(log_text, log_text + LOG_LEN / 2, LOG_LEN / 2);
		log_len -= log_len < LOG_LEN / 2 ? log_len : LOG_LEN / 2;
	}
	memcpy(log_text + log_len, line, len);
	log_len += len;
	return 0;
}

static void print_log_tail(void)
{
	size_t from = log_len > LOG_TAIL ? log_len - LOG_TAIL : 0;

	fwrite(log_text + from, 1, log_len - from, stdout);
	putchar('\n');
}

static void *grow(void *array, size_t count, size_t size)
{
	array = realloc(array, (count + 1) * size);
	if (!array)
		die("out of memory");
	return array;
}

/* The map of section .bss, and the offset of `settings` in it. */
static struct bpf_map *globals(struct bpf_object *object, __u32 *offset)
{
	const struct btf *btf = bpf_object__btf(object);
	int section = btf__find_by_name_kind(btf, ".bss", BTF_KIND_DATASEC);
	const struct btf_type *type = section < 0 ? NULL : btf__type_by_id(btf, section);

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_var_secinfo *variable = btf_var_secinfos(type) + i;
		const struct btf_type *named = btf__type_by_id(btf, variable->type);

		*offset = variable->offset;
		if (!strcmp(btf__name_by_offset(btf, named->name_off), "settings") &&
		    variable->size == sizeof(struct settings))
			return bpf_object__find_map_by_name(object, ".bss");
	}
	die("no settings of %zu bytes in the object", sizeof(struct settings));
}

static struct bpf_object *open_object(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct settings *settings;
	struct bpf_map *map;
	__u32 offset;
	size_t size;

	if (!object)
		die("%s: %s", path, strerror(errno));
	bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "events"), RING_LEN);
	map = globals(object, &offset);
	settings = (void *)bpf_map__initial_value(map, &size) + offset;
	settings->ports[53 >> 6] |= 1ULL << (53 & 63);
	return object;
}

static void load_alone(const char *path, struct program *program, bool needed, bool *all)
{
	struct bpf_object *object = open_object(path);
	struct bpf_program *each;
	int error;

	bpf_object__for_each_program(each, object)
		bpf_program__set_autoload(each, !strcmp(bpf_program__name(each), program->name));
	log_len = 0;
	error = bpf_object__load(object);
	program->loads = error == 0;
	if (program->loads) {
		passed(program->check);
	} else if (!needed) {
		refused(program->check, -error);
	} else {
		*all = false;
		failed(program->check, "%s", strerror(-error));
		print_log_tail();
	}
	bpf_object__close(object);
}

/* Reports losses: refused only by kernels that lack its tracepoint. */
static bool must_load(const struct bpf_program *program)
{
	static const char *const names[] = { "kfree_skb", "icmp_send", "inet_sk_error_report" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (!strcmp(bpf_program__name(program), names[i]))
			return has_tracepoint(names[i]);
	return false;
}

bool load_each(const char *path)
{
	struct bpf_object *object;
	struct bpf_program *each;
	struct program *program;
	bool needed[MAX_PROGRAMS];
	bool all = true;

	libbpf_set_print(keep_log);
	object = open_object(path);
	bpf_object__for_each_program(each, object)
	{
		if (program_count == MAX_PROGRAMS)
			die("%s: more than %d programs", path, MAX_PROGRAMS);
		/* SEC("?...") marks the ones a kernel may refuse. */
		needed[program_count] = bpf_program__autoload(each) || must_load(each);
		program = &programs[program_count++];
		snprintf(program->name, sizeof(program->name), "%s", bpf_program__name(each));
		snprintf(program->check, sizeof(program->check), "load %s",
			 bpf_program__name(each));
	}
	bpf_object__close(object);
	for (size_t i = 0; i < program_count; i++)
		load_alone(path, &programs[i], needed[i], &all);
	return all;
}

static struct program *program_of(const struct bpf_program *program)
{
	for (size_t i = 0; i < program_count; i++)
		if (!strcmp(programs[i].name, bpf_program__name(program)))
			return &programs[i];
	die("%s: a program that was not there before", bpf_program__name(program));
}

static void keep_packet(const struct packet_record *record, const __u8 *bytes)
{
	struct packet packet = { .head = *record, .missing = record->payload_len };

	packet.payload = calloc(1, record->payload_len + 1);
	if (!packet.payload)
		die("out of memory");
	memcpy(packet.payload, bytes, record->inline_len);
	packet.missing -= record->inline_len;
	for (size_t i = 0; i < chunk_count; i++) {
		struct chunk_record *chunk = &chunks[i].head;

		if (chunk->time != record->time || chunk->cookie != record->cookie ||
		    chunk->direction != record->direction)
			continue;
		if (chunk->offset + chunk->len > record->payload_len)
			die("a chunk at %u of %u bytes in a payload of %u", chunk->offset,
			    chunk->len, record->payload_len);
		memcpy(packet.payload + chunk->offset, chunks[i].data, chunk->len);
		packet.missing -= chunk->len;
	}
	seen.packets = grow(seen.packets, seen.packet_count, sizeof(packet));
	seen.packets[seen.packet_count++] = packet;
	records_read.packets++;
}

static void keep_drop(const struct drop_record *record, const __u8 *bytes)
{
	struct drop drop = { .head = *record };

	if (record->packet.inline_len > DROP_LEN)
		die("%u bytes in a drop record", record->packet.inline_len);
	memcpy(drop.payload, bytes, record->packet.inline_len);
	seen.drops = grow(seen.drops, seen.drop_count, sizeof(drop));
	seen.drops[seen.drop_count++] = drop;
	records_read.drops++;
}

static void keep_chunk(const struct chunk_record *record, const __u8 *bytes)
{
	struct chunk chunk = { .head = *record, .data = malloc(record->len) };

	if (!chunk.data)
		die("out of memory");
	memcpy(chunk.data, bytes, record->len);
	chunks = grow(chunks, chunk_count, sizeof(chunk));
	chunks[chunk_count++] = chunk;
}

static int keep(void *context, void *data, size_t len)
{
	(void)context;
	(void)len;
	switch (*(__u8 *)data) {
	case RECORD_PACKET:
		keep_packet(data, (__u8 *)data + sizeof(struct packet_record));
		break;
	case RECORD_CHUNK:
		keep_chunk(data, (__u8 *)data + sizeof(struct chunk_record));
		break;
	case RECORD_CGROUP:
		seen.cgroups = grow(seen.cgroups, seen.cgroup_count, sizeof(*seen.cgroups));
		seen.cgroups[seen.cgroup_count++] = *(struct cgroup_record *)data;
		records_read.notices++;
		break;
	case RECORD_CLOSED:
		seen.closed = grow(seen.closed, seen.closed_count, sizeof(*seen.closed));
		seen.closed[seen.closed_count++] = *(struct closed_record *)data;
		records_read.notices++;
		break;
	case RECORD_CONNECT:
		seen.connects = grow(seen.connects, seen.connect_count, sizeof(*seen.connects));
		seen.connects[seen.connect_count++] = *(struct packet_record *)data;
		records_read.notices++;
		break;
	case RECORD_UNSENT:
		seen.unsent = grow(seen.unsent, seen.unsent_count, sizeof(*seen.unsent));
		seen.unsent[seen.unsent_count++] = *(struct packet_record *)data;
		records_read.notices++;
		break;
	case RECORD_DROP:
		keep_drop(data, (__u8 *)data + sizeof(struct drop_record));
		break;
	default:
		die("a record of kind %u", *(__u8 *)data);
	}
	return 0;
}

bool is_attached(const char *name)
{
	for (size_t i = 0; i < program_count; i++)
		if (!strcmp(programs[i].name, name))
			return programs[i].attached;
	return false;
}

static bool is_walk(const struct bpf_program *program)
{
	return !strncmp(bpf_program__section_name(program), "iter/", 5);
}

/* Only needed without sock_recv_length. */
static bool is_fallback(const struct bpf_program *program)
{
	const char *name = bpf_program__name(program);

	return !strcmp(name, "tcp_rcv_space_adjust") || !strncmp(name, "recvmsg", 7);
}

/* Attaches a program that loads and is not attached yet. */
static void attach(const char *name, int cgroup, bool *all)
{
	struct bpf_program *each = bpf_object__find_program_by_name(tracer, name);
	struct program *program = each ? program_of(each) : NULL;
	struct bpf_link *link;

	if (!program || !program->loads || program->attached)
		return;
	link = strncmp(bpf_program__section_name(each), "cgroup", 6)
		       ? bpf_program__attach(each)
		       : bpf_program__attach_cgroup(each, cgroup);
	program->attached = link != NULL;
	if (!link && *all) {
		failed("attach", "%s: %s", name, strerror(errno));
		*all = false;
	}
}

bool attach_all(const char *path, const char *cgroup)
{
	int fd = open(cgroup, O_RDONLY | O_DIRECTORY);
	struct bpf_program *each;
	bool all = true;
	int error;

	if (fd < 0)
		die("%s: %s", cgroup, strerror(errno));
	tracer = open_object(path);
	bpf_object__for_each_program(each, tracer)
		bpf_program__set_autoload(each, program_of(each)->loads);
	log_len = 0;
	error = bpf_object__load(tracer);
	if (error) {
		failed("attach", "loading all together: %s", strerror(-error));
		print_log_tail();
		return false;
	}
	/* Covers all sockets: the fallbacks are then not attached. */
	attach("sock_recv_length", fd, &all);
	bpf_object__for_each_program(
		each, tracer) if (!is_walk(each) &&
				  !(is_attached("sock_recv_length") && is_fallback(each)))
		attach(bpf_program__name(each), fd, &all);
	ring = ring_buffer__new(bpf_object__find_map_fd_by_name(tracer, "events"), keep, NULL,
				NULL);
	if (!ring)
		die("ring: %s", strerror(errno));
	if (all)
		passed("attach");
	return all;
}

bool walk(void)
{
	const struct bpf_program *writer = bpf_object__find_program_by_name(tracer, "mark_sockets");

	return walk_sockets(tracer, writer && program_of(writer)->loads);
}

void drain(void)
{
	int error = ring_buffer__consume(ring);

	if (error < 0)
		die("ring: %s", strerror(-error));
}

void forget(void)
{
	for (size_t i = 0; i < seen.packet_count; i++)
		free(seen.packets[i].payload);
	for (size_t i = 0; i < chunk_count; i++)
		free(chunks[i].data);
	seen.packet_count = seen.drop_count = seen.connect_count = seen.unsent_count = 0;
	seen.cgroup_count = seen.closed_count = chunk_count = 0;
}

struct totals read_totals(void)
{
	int fd = bpf_object__find_map_fd_by_name(tracer, "counters");
	int cpus = libbpf_num_possible_cpus();
	struct totals totals = {};
	struct counters *per_cpu = cpus > 0 ? calloc(cpus, sizeof(*per_cpu)) : NULL;

	if (!per_cpu)
		die("%d possible CPUs", cpus);
	for (__u32 direction = 0; direction < 2; direction++) {
		__u64 *sum = (__u64 *)&totals.by[direction];

		if (bpf_map_lookup_elem(fd, &direction, per_cpu))
			die("counters: %s", strerror(errno));
		for (int cpu = 0; cpu < cpus; cpu++)
			for (size_t i = 0; i < sizeof(*per_cpu) / sizeof(__u64); i++)
				sum[i] += ((__u64 *)&per_cpu[cpu])[i];
	}
	free(per_cpu);
	return totals;
}

struct settings *live_settings(void)
{
	__u32 offset;
	struct bpf_map *map = globals(tracer, &offset);
	void *memory = mmap(NULL, bpf_map__value_size(map), PROT_READ | PROT_WRITE, MAP_SHARED,
			    bpf_map__fd(map), 0);

	if (memory == MAP_FAILED)
		die("settings: %s", strerror(errno));
	return memory + offset;
}

void set_verdict(__u64 cgroup, __u32 epoch, __u32 skip)
{
	struct verdict verdict = { .epoch = epoch, .skip = skip };
	int fd = bpf_object__find_map_fd_by_name(tracer, "verdicts");

	if (bpf_map_update_elem(fd, &cgroup, &verdict, BPF_ANY))
		die("verdicts: %s", strerror(errno));
}
