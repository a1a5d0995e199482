// SPDX-License-Identifier: GPL-2.0
/*
 * churn N: N times, create a VM with one vCPU, run it and destroy it. Each VM
 * causes three exits for OUT, one for HLT, and those for the first access to its
 * memory.
 */
#include <err.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define MEMORY_SIZE	0x1000
#define RFLAGS_ALWAYS	2

/* out %al, $0x10, three times; hlt */
static const unsigned char code[] = { 0xe6, 0x10, 0xe6, 0x10, 0xe6, 0x10, 0xf4 };

static int must(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
	return result;
}

static void churn(int kvm, int run_size)
{
	struct kvm_userspace_memory_region region = { .memory_size = MEMORY_SIZE };
	struct kvm_regs regs = { .rip = 0, .rflags = RFLAGS_ALWAYS };
	struct kvm_sregs sregs;
	struct kvm_run *run;
	int vm, vcpu, outs = 0;
	void *memory;

	memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		err(1, "cannot map the guest's memory");
	memcpy(memory, code, sizeof(code));
	region.userspace_addr = (unsigned long)memory;

	vm = must(ioctl(kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	must(ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	vcpu = must(ioctl(vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	run = mmap(NULL, run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu, 0);
	if (run == MAP_FAILED)
		err(1, "the vCPU's memory");
	must(ioctl(vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	must(ioctl(vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	must(ioctl(vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");

	for (;;) {
		must(ioctl(vcpu, KVM_RUN, 0), "KVM_RUN");
		if (run->exit_reason == KVM_EXIT_HLT)
			break;
		if (run->exit_reason != KVM_EXIT_IO)
			errx(1, "the guest exited for reason %u", run->exit_reason);
		outs++;
	}
	if (outs != 3)
		errx(1, "the guest executed OUT %d times instead of 3", outs);

	munmap(run, run_size);
	close(vcpu);
	close(vm);
	munmap(memory, MEMORY_SIZE);
}

int main(int argc, char **argv)
{
	int kvm, run_size, n;

	if (argc != 2)
		errx(2, "usage: churn N");
	kvm = must(open("/dev/kvm", O_RDWR), "/dev/kvm");
	run_size = must(ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	for (n = atoi(argv[1]); n > 0; n--)
		churn(kvm, run_size);
	return 0;
}
