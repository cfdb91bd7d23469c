// SPDX-License-Identifier: GPL-2.0
// Covers what package dev.jig.bpf handles: constants, globals, maps, a ring, optional programs.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 marker = 1;
const volatile __u64 wide = 2;
const volatile _Bool discard_odd = 0;

__u64 seen = 0;
__u32 limit = 7;
__u64 files = 0;
__u64 directories = 0;

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} records SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} verdicts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} slots SEC(".maps");

struct record {
	__u64 number;
	__u64 wide;
	__u32 marker;
	__u32 length;
	__u8 rest[128];
};

SEC("cgroup_skb/egress")
int on_egress(struct __sk_buff *skb)
{
	struct record *record = bpf_ringbuf_reserve(&records, sizeof(*record), 0);
	__u64 number = seen++;
	__u32 zero = 0, *slot = bpf_map_lookup_elem(&slots, &zero);

	if (slot)
		*slot += 1;
	if (!record)
		return 1;
	record->number = number;
	record->wide = wide;
	record->marker = marker;
	record->length = skb->len;
	if (discard_odd && (number & 1))
		bpf_ringbuf_discard(record, BPF_RB_NO_WAKEUP);
	else
		bpf_ringbuf_submit(record, 0);
	return 1;
}

SEC("tp_btf/cgroup_mkdir")
int on_mkdir(void *ctx)
{
	directories++;
	return 0;
}

struct bpf_iter_meta {
	__u64 seq_num;
} __attribute__((preserve_access_index));

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
} __attribute__((preserve_access_index));

SEC("iter/task_file")
int walk(struct bpf_iter__task_file *ctx)
{
	files++;
	return 0;
}

SEC("tp_btf/no_such_tracepoint")
int absent(void *ctx)
{
	return 0;
}

// Rejected by every verifier: dereferences a pointer that may be NULL.
SEC("cgroup_skb/ingress")
int refused(struct __sk_buff *skb)
{
	__u32 key = 0;
	__u64 *value = bpf_map_lookup_elem(&verdicts, &key);

	return *value == limit;
}
