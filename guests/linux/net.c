// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is an ICMP echo request to 10.0.2.2 and the reply to it, which QEMU's
 * user network gives by itself. One at a time, over the first interface that is
 * not the loopback. The exchange that finds the peer's hardware address is done
 * before.
 *
 * For the exits of virtio-net over MMIO: the doorbell, interrupt status and its
 * acknowledgment (npf on SVM, EPT_MISCONFIG on VMX), and hlt while it waits.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "workload.h"

#define GUEST	0x0a00020f	/* 10.0.2.15 */
#define MASK	0xffffff00
#define PEER	0x0a000202	/* 10.0.2.2 */
#define ID	0x4b56		/* any: marks this program's echoes */
#define TIMEOUT	10		/* seconds, for one reply */

struct echo {
	struct icmphdr icmp;
	uint32_t payload[14];	/* 56 bytes, as ping sends */
};

static int fd;

static int find_interface(struct ifreq *ifr)
{
	for (int i = 1; i < 16; i++) {
		ifr->ifr_ifindex = i;
		if (ioctl(fd, SIOCGIFNAME, ifr) == 0 && ioctl(fd, SIOCGIFFLAGS, ifr) == 0 &&
		    !(ifr->ifr_flags & IFF_LOOPBACK))
			return 0;
	}
	return fail("there is no network interface");
}

static int set_address(struct ifreq *ifr, unsigned long request, uint32_t address)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };

	memcpy(&ifr->ifr_addr, &in, sizeof(in));
	return ioctl(fd, request, ifr);
}

static int set_up_interface(void)
{
	struct ifreq ifr = { 0 };

	if (find_interface(&ifr))
		return -1;
	if (set_address(&ifr, SIOCSIFADDR, GUEST) || set_address(&ifr, SIOCSIFNETMASK, MASK))
		return fail("cannot set the address of %s: %s", ifr.ifr_name, strerror(errno));
	ifr.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		return fail("cannot set %s up: %s", ifr.ifr_name, strerror(errno));
	return 0;
}

/* RFC 1071: so that the sum over all 16-bit words, this one included, is ~0. */
static uint16_t checksum(const void *data, size_t len)
{
	const uint16_t *word = data;
	uint32_t sum = 0;

	for (; len > 1; len -= 2)
		sum += *word++;
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static int send_echo(const struct echo *request)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(PEER) };

	if (sendto(fd, request, sizeof(*request), 0, (struct sockaddr *)&to, sizeof(to)) !=
	    sizeof(*request))
		return fail("cannot send to 10.0.2.2: %s", strerror(errno));
	return 0;
}

/* A raw socket gets all ICMP there is, IP header in front: wait for the reply. */
static int receive_echo(const struct echo *request)
{
	struct {
		struct iphdr ip;
		struct echo echo;
	} packet;
	const struct echo *reply = &packet.echo;
	ssize_t len;

	do {
		len = recv(fd, &packet, sizeof(packet), 0);
		if (len < 0)
			return fail("no reply from 10.0.2.2 within %d s", TIMEOUT);
	} while (len != sizeof(packet) || packet.ip.ihl != sizeof(packet.ip) / 4 ||
		 reply->icmp.type != ICMP_ECHOREPLY ||
		 memcmp(&reply->icmp.un, &request->icmp.un, sizeof(reply->icmp.un)));

	if (memcmp(reply->payload, request->payload, sizeof(reply->payload)))
		return fail("the reply from 10.0.2.2 is not what was sent");
	return 0;
}

static int echo(unsigned long nr)
{
	struct echo request = {
		.icmp.type = ICMP_ECHO,
		.icmp.un.echo = { .id = htons(ID), .sequence = htons(nr) },
		.payload = { nr, ~nr },
	};

	request.icmp.checksum = checksum(&request, sizeof(request));
	return send_echo(&request) || receive_echo(&request) ? -1 : 0;
}

static int prepare(unsigned long units)
{
	struct timeval timeout = { .tv_sec = TIMEOUT };

	(void)units;
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	if (fd < 0)
		return fail("cannot open an ICMP socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	return set_up_interface() || echo(0) ? -1 : 0;
}

static int run(unsigned long units)
{
	for (unsigned long nr = 1; nr <= units; nr++)
		if (echo(nr))
			return -1;
	return 0;
}

WORKLOAD(net, .unit = "an ICMP echo and its reply", .units = 100,
	 .prepare = prepare, .run = run);
