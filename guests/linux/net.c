// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is an ARP request (RFC 826) for 10.0.2.2 and the reply, which QEMU's user
 * network sends itself. There is one request at a time, on the first interface that
 * is not the loopback. The guest's kernel needs no IP for that.
 *
 * With virtio-net over MMIO, it causes exits for the doorbell, the interrupt status and
 * its acknowledgment (npf on SVM, EPT_MISCONFIG on VMX), and hlt while the guest waits.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netpacket/packet.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "workload.h"

#define GUEST	0x0a00020f	/* 10.0.2.15 */
#define PEER	0x0a000202	/* 10.0.2.2 */
#define TIMEOUT	10		/* seconds, for one reply */

struct frame {
	struct ether_header eth;
	struct ether_arp arp;
};

static int fd;
static struct frame request;

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

/* Set the interface up and bind the socket to it, so that send() needs no address. */
static int set_up_interface(struct ifreq *ifr)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ARP),
	};

	ifr->ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, ifr))
		return fail("cannot set %s up: %s", ifr->ifr_name, strerror(errno));
	if (ioctl(fd, SIOCGIFINDEX, ifr))
		return fail("cannot find %s: %s", ifr->ifr_name, strerror(errno));
	address.sll_ifindex = ifr->ifr_ifindex;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)))
		return fail("cannot bind to %s: %s", ifr->ifr_name, strerror(errno));
	if (ioctl(fd, SIOCGIFHWADDR, ifr))
		return fail("%s has no hardware address: %s", ifr->ifr_name, strerror(errno));
	return 0;
}

/* Wait until the interface has a link: an e1000 takes a while after it was set up. */
static int wait_for_link(struct ifreq *ifr)
{
	for (int ms = 0; ms < TIMEOUT * 1000; ms++) {
		if (ioctl(fd, SIOCGIFFLAGS, ifr) == 0 && ifr->ifr_flags & IFF_RUNNING)
			return 0;
		usleep(1000);
	}
	return fail("%s has no link after %d s", ifr->ifr_name, TIMEOUT);
}

static void make_request(const void *hwaddr)
{
	const uint32_t guest = htonl(GUEST), peer = htonl(PEER);

	memset(request.eth.ether_dhost, 0xff, ETH_ALEN);
	memcpy(request.eth.ether_shost, hwaddr, ETH_ALEN);
	request.eth.ether_type = htons(ETHERTYPE_ARP);
	request.arp.arp_hrd = htons(ARPHRD_ETHER);
	request.arp.arp_pro = htons(ETHERTYPE_IP);
	request.arp.arp_hln = ETH_ALEN;
	request.arp.arp_pln = sizeof(guest);
	request.arp.arp_op = htons(ARPOP_REQUEST);
	memcpy(request.arp.arp_sha, hwaddr, ETH_ALEN);
	memcpy(request.arp.arp_spa, &guest, sizeof(guest));
	memcpy(request.arp.arp_tpa, &peer, sizeof(peer));
}

static int is_reply(const struct frame *reply, ssize_t len)
{
	return len >= (ssize_t)sizeof(*reply) && reply->arp.arp_op == htons(ARPOP_REPLY) &&
	       !memcmp(reply->arp.arp_spa, request.arp.arp_tpa, sizeof(reply->arp.arp_spa)) &&
	       !memcmp(reply->arp.arp_tha, request.arp.arp_sha, sizeof(reply->arp.arp_tha));
}

/* Other frames can arrive as well: wait for the reply. */
static int ask(void)
{
	struct frame reply;
	ssize_t len;

	if (send(fd, &request, sizeof(request), 0) != sizeof(request))
		return fail("cannot send an ARP request: %s", strerror(errno));
	do {
		len = recv(fd, &reply, sizeof(reply), 0);
		if (len < 0)
			return fail("no reply from 10.0.2.2 within %d s", TIMEOUT);
	} while (!is_reply(&reply, len));
	return 0;
}

static int prepare(unsigned long units)
{
	struct timeval timeout = { .tv_sec = TIMEOUT };
	struct ifreq ifr = { 0 };

	(void)units;
	fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ARP));
	if (fd < 0)
		return fail("cannot open a packet socket: %s", strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	if (find_interface(&ifr) || set_up_interface(&ifr))
		return -1;
	make_request(ifr.ifr_hwaddr.sa_data);
	if (wait_for_link(&ifr))
		return -1;
	return ask();
}

static int run(unsigned long units)
{
	for (unsigned long nr = 0; nr < units; nr++)
		if (ask())
			return -1;
	return 0;
}

WORKLOAD(net, .unit = "an ARP request and its reply", .units = 100,
	 .prepare = prepare, .run = run);
