// SPDX-License-Identifier: GPL-2.0
/*
 * One unit is one CPUID in an L2: this guest loads KVM's modules and is a hypervisor.
 * The L2 is a VM with one vCPU in real mode and one page of memory, which executes
 * CPUID in a loop and then HLT.
 *
 * The guest's KVM handles the L2's CPUID without this program. The host counts one
 * exit from L2 for it, and all that the guest's KVM causes until it enters L2 again:
 * on SVM vmrun and what else it intercepts of KVM's code, on VMX VMRESUME, and VMREAD
 * and VMWRITE unless the processor has a shadow VMCS.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workload.h"

#define PAGE	4096ul
#define CODE	0x1000ul	/* where the L2's code is: address and offset */

/* mov esi, UNITS; again: cpuid; dec esi; jnz again; hlt */
static uint8_t code[] = {
	0x66, 0xbe, 0, 0, 0, 0,
	0x0f, 0xa2,
	0x66, 0x4e,
	0x75, 0xfa,
	0xf4,
};

static int vcpu;
static struct kvm_run *state;

/* Load the modules of the processor's vendor. */
static int load_kvm(void)
{
	uint32_t a = 0, b, c, d;

	asm("cpuid" : "+a" (a), "=b" (b), "=c" (c), "=d" (d));
	if (load_module("irqbypass") || load_module("kvm"))
		return -1;
	/* "Genu", the beginning of "GenuineIntel" */
	return load_module(b == 0x756e6547 ? "kvm-intel" : "kvm-amd");
}

/* Start the L2 with its code in real mode. */
static int set_registers(void)
{
	struct kvm_sregs sregs;
	struct kvm_regs regs = { .rip = CODE, .rflags = 2 };

	if (ioctl(vcpu, KVM_GET_SREGS, &sregs))
		return fail("KVM_GET_SREGS failed: %s", strerror(errno));
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(vcpu, KVM_SET_SREGS, &sregs) || ioctl(vcpu, KVM_SET_REGS, &regs))
		return fail("cannot set the registers of the L2: %s", strerror(errno));
	return 0;
}

static int prepare(unsigned long units)
{
	struct kvm_userspace_memory_region memory = {
		.guest_phys_addr = CODE,
		.memory_size = PAGE,
	};
	uint32_t count = units;
	int kvm, vm, size;
	void *page;

	if (!units)
		return fail("units must be at least 1");
	if (load_kvm())
		return -1;
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (kvm < 0)
		return fail("cannot open /dev/kvm: %s", strerror(errno));
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (vm < 0 || page == MAP_FAILED)
		return fail("cannot make a VM: %s", strerror(errno));
	memcpy(code + 2, &count, sizeof(count));
	memcpy(page, code, sizeof(code));
	memory.userspace_addr = (uintptr_t)page;
	vcpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &memory) || vcpu < 0 || size < 0)
		return fail("cannot make the L2: %s", strerror(errno));
	state = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (state == MAP_FAILED)
		return fail("cannot map the state of the L2: %s", strerror(errno));
	return set_registers();
}

static int run(unsigned long units)
{
	(void)units;
	while (ioctl(vcpu, KVM_RUN, 0) == 0 || errno == EINTR)
		if (state->exit_reason == KVM_EXIT_HLT)
			return 0;
		else if (state->exit_reason != KVM_EXIT_INTR)
			return fail("the L2 ended for reason %u", state->exit_reason);
	return fail("KVM_RUN failed: %s", strerror(errno));
}

WORKLOAD(nested, .unit = "one CPUID in an L2", .units = 1000, .prepare = prepare, .run = run);
