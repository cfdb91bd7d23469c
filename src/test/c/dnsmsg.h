/* SPDX-License-Identifier: Apache-2.0 */
/* The few DNS messages the clients need (RFC 1035 section 4). */
#ifndef DNSMSG_H
#define DNSMSG_H

#include <arpa/inet.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DNS_MAX 512

/* A query for one name, IN, with RD: returns its length. The name has no empty labels. */
static inline size_t dns_query(uint8_t *msg, uint16_t id, const char *name, uint16_t type)
{
	uint8_t *p = msg + 12;

	memset(msg, 0, 12);
	msg[0] = id >> 8;
	msg[1] = id & 0xff;
	msg[2] = 1; /* RD */
	msg[5] = 1; /* QDCOUNT */
	while (*name) {
		size_t label = strcspn(name, ".");

		*p++ = label;
		memcpy(p, name, label);
		p += label;
		name += label + (name[label] == '.');
	}
	*p++ = 0;
	*p++ = type >> 8;
	*p++ = type & 0xff;
	*p++ = 0;
	*p++ = 1; /* IN */
	return p - msg;
}

/* Turns a query into its response in place, with one A record: 192.0.2.1, TTL 60. */
static inline size_t dns_answer(uint8_t *msg, size_t length)
{
	static const uint8_t record[] = { 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1 };

	msg[2] |= 0x80; /* QR */
	msg[3] |= 0x80; /* RA */
	msg[7] = 1; /* ANCOUNT */
	memcpy(msg + length, record, sizeof(record));
	return length + sizeof(record);
}

static inline uint16_t dns_id(const uint8_t *msg)
{
	return msg[0] << 8 | msg[1];
}

/* The name of the first question, as dns_query took it; empty if malformed. */
static inline void dns_name(const uint8_t *msg, size_t length, char *name, size_t size)
{
	size_t at = 12, to = 0;

	while (at < length && msg[at] && at + 1 + msg[at] <= length && to + msg[at] + 2 <= size) {
		if (to)
			name[to++] = '.';
		memcpy(name + to, msg + at + 1, msg[at]);
		to += msg[at];
		at += 1 + msg[at];
	}
	name[at < length && !msg[at] ? to : 0] = 0;
}

/* An IPv4 or IPv6 address in text, with its port. */
static inline socklen_t dns_address(struct sockaddr_storage *to, const char *text, int port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)to;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		return sizeof(*v6);
	}
	return 0;
}

#endif
