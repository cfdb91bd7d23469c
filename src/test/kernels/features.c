// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Reads /sys/kernel/btf/vmlinux. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <bpf/btf.h>

#include "check.h"
#include "features.h"

static struct btf *kernel(void)
{
	static struct btf *btf;

	if (!btf)
		btf = btf__load_vmlinux_btf();
	if (!btf)
		die("the kernel's BTF: %s", strerror(errno));
	return btf;
}

/* The arguments of a tracepoint, of which the first is void *; -1 without the tracepoint. */
static int arguments_of(const char *tracepoint)
{
	const struct btf_type *type;
	char name[64];
	int id;

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	id = btf__find_by_name_kind(kernel(), name, BTF_KIND_TYPEDEF);
	if (id < 0)
		return -1;
	type = btf__type_by_id(kernel(), btf__type_by_id(kernel(), id)->type); /* a pointer */
	return btf_vlen(btf__type_by_id(kernel(), type->type));
}

/* The value of an enumerator; -1 if there is none. */
static int value_of(const char *enumeration, const char *name)
{
	int id = btf__find_by_name_kind(kernel(), enumeration, BTF_KIND_ENUM);
	const struct btf_type *type = id < 0 ? NULL : btf__type_by_id(kernel(), id);

	for (int i = 0; type && i < btf_vlen(type); i++) {
		const struct btf_enum *each = btf_enum(type) + i;

		if (!strcmp(btf__name_by_offset(kernel(), each->name_off), name))
			return each->val;
	}
	return -1;
}

bool has_tracepoint(const char *name)
{
	return arguments_of(name) >= 0;
}

bool has_drop_reasons(void)
{
	return arguments_of("kfree_skb") >= 4;
}

bool has_drop_receiver(void)
{
	return arguments_of("kfree_skb") >= 5;
}

bool has_storage_in_tracing(void)
{
	return value_of("bpf_func_id", "BPF_FUNC_sock_from_file") >= 0;
}

int drop_reason(const char *name)
{
	char full[64];

	snprintf(full, sizeof(full), "SKB_DROP_REASON_%s", name);
	return value_of("skb_drop_reason", full);
}
