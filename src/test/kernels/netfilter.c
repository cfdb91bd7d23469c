// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* In hook OUTPUT: a netfilter program of BPF, else the policy of iptables' table `filter`. */
#include <errno.h>
#include <linux/bpf.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "check.h"
#include "netfilter.h"

/* Of Linux 6.4; headers may be older. */
#define PROG_TYPE_NETFILTER 32
#define ATTACH_TYPE_NETFILTER 45

#define HOOKS 3 /* INPUT, FORWARD, OUTPUT */

static int program_link = -1;

/* ---- BPF -------------------------------------------------------------------------------- */

static bool block_by_program(void)
{
	/* r0 = NF_DROP; return */
	const struct bpf_insn drop[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = NF_DROP },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = ATTACH_TYPE_NETFILTER);
	int program = bpf_prog_load(PROG_TYPE_NETFILTER, "block", "GPL", drop, 2, &options);
	/* union bpf_attr.link_create with the member `netfilter` */
	struct {
		__u32 program, target, attach_type, flags;
		__u32 family, hook;
		__s32 priority;
		__u32 hook_flags;
	} attributes = { .program = program,
			 .attach_type = ATTACH_TYPE_NETFILTER,
			 .family = NFPROTO_IPV4,
			 .hook = NF_INET_LOCAL_OUT };

	if (program < 0)
		return false;
	program_link = syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof(attributes));
	if (program_link < 0)
		die("netfilter program: %s", strerror(errno));
	close(program);
	return true;
}

/* ---- iptables ----------------------------------------------------------------------------- */

struct rule {
	struct ipt_entry entry;
	struct xt_standard_target target;
};

struct table {
	struct ipt_replace head;
	struct rule policies[HOOKS];
	struct {
		struct ipt_entry entry;
		struct xt_error_target target;
	} end;
};

/* A table without rules. */
static bool set_output_policy(int verdict)
{
	static const int hooks[HOOKS] = { NF_INET_LOCAL_IN, NF_INET_FORWARD, NF_INET_LOCAL_OUT };
	struct ipt_getinfo info = { .name = "filter" };
	socklen_t len = sizeof(info);
	struct xt_counters counters[HOOKS + 1];
	struct table table = { .head = { .name = "filter",
					 .num_entries = HOOKS + 1,
					 .size = sizeof(table) - sizeof(table.head),
					 .num_counters = HOOKS + 1,
					 .counters = counters } };
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (fd < 0 || getsockopt(fd, IPPROTO_IP, IPT_SO_GET_INFO, &info, &len)) {
		close(fd);
		return false;
	}
	if (info.num_entries != HOOKS + 1)
		die("the table filter has %u entries", info.num_entries);
	table.head.valid_hooks = info.valid_hooks;
	for (int i = 0; i < HOOKS; i++) {
		struct rule *policy = &table.policies[i];

		table.head.hook_entry[hooks[i]] = table.head.underflow[hooks[i]] =
			i * sizeof(*policy);
		policy->entry.target_offset = sizeof(policy->entry);
		policy->entry.next_offset = sizeof(*policy);
		policy->target.target.u.target_size = sizeof(policy->target);
		policy->target.verdict = -(hooks[i] == NF_INET_LOCAL_OUT ? verdict : NF_ACCEPT) - 1;
	}
	table.end.entry.target_offset = sizeof(table.end.entry);
	table.end.entry.next_offset = sizeof(table.end);
	table.end.target.target.u.target_size = sizeof(table.end.target);
	strcpy(table.end.target.target.u.user.name, XT_ERROR_TARGET);
	strcpy(table.end.target.errorname, XT_ERROR_TARGET);
	if (setsockopt(fd, IPPROTO_IP, IPT_SO_SET_REPLACE, &table, sizeof(table)))
		die("the table filter: %s", strerror(errno));
	close(fd);
	return true;
}

bool block_output(void)
{
	return block_by_program() || set_output_policy(NF_DROP);
}

void unblock_output(void)
{
	if (program_link < 0)
		set_output_policy(NF_ACCEPT);
	else
		close(program_link);
	program_link = -1;
}
