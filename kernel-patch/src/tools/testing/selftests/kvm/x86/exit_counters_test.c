// SPDX-License-Identifier: GPL-2.0-only
/*
 * Test the counters of VM exits by reason in a vCPU's binary statistics.
 *
 * A guest causes known numbers of exits, and so does its nested guest.  All
 * numbers are different, so that the test notices an exit that is counted under
 * another reason, for another vCPU or for another level.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/bits.h>

#include "test_util.h"
#include "kvm_util.h"
#include "processor.h"
#include "svm_util.h"
#include "vmx.h"

#include "kselftest.h"

/* Documentation/virt/kvm/x86/exit-counters.rst defines the slots. */
#define SLOT_SVM_0x400		0xc0
#define SLOT_OTHER		0xc8
#define NR_SLOTS		(SLOT_OTHER + 1)

/* KVM emulates no device at this port, so each OUT goes to userspace. */
#define TEST_PORT		0xe9

/* No memslot covers this page. */
#define MMIO_GPA		0xd0000000ul
#define MMIO_GVA		0xd0000000ul

/* How often a vCPU executes each instruction.  Each vCPU has its own base. */
#define NR_CPUID(base)		((base) + 0)
#define NR_RDMSR(base)		((base) + 1)
#define NR_WRMSR(base)		((base) + 2)
#define NR_OUT(base)		((base) + 3)
#define NR_HYPERCALL(base)	((base) + 4)
#define NR_MMIO(base)		((base) + 5)

/* The same for L2.  L1 executes CPUID after each hypercall of L2 except the last. */
#define NR_L2_OUT		31
#define NR_L2_CPUID		37
#define NR_L2_HYPERCALL		41
#define NR_L1_CPUID		(NR_L2_HYPERCALL - 1)

/* An expected number that is not checked */
#define ANY			UINT64_MAX

enum stage {
	STAGE_READY,
	STAGE_INSTRUCTIONS,
	STAGE_MMIO,
	STAGE_L2_READY,
	STAGE_L2,
};

enum reason {
	REASON_CPUID,
	REASON_RDMSR,
	REASON_WRMSR,
	REASON_IO,
	REASON_HYPERCALL,
	REASON_INVALID_STATE,
	REASON_FIRST_ENTRY,
	REASON_NEXT_ENTRY,
};

static const struct {
	int vmx;
	int svm;
} codes[] = {
	[REASON_CPUID]		= { EXIT_REASON_CPUID,		SVM_EXIT_CPUID },
	[REASON_RDMSR]		= { EXIT_REASON_MSR_READ,	SVM_EXIT_MSR },
	[REASON_WRMSR]		= { EXIT_REASON_MSR_WRITE,	SVM_EXIT_MSR },
	[REASON_IO]		= { EXIT_REASON_IO_INSTRUCTION,	SVM_EXIT_IOIO },
	[REASON_HYPERCALL]	= { EXIT_REASON_VMCALL,		SVM_EXIT_VMMCALL },
	[REASON_INVALID_STATE]	= { EXIT_REASON_INVALID_STATE,	(int)SVM_EXIT_ERR },
	[REASON_FIRST_ENTRY]	= { EXIT_REASON_VMLAUNCH,	SVM_EXIT_VMRUN },
	[REASON_NEXT_ENTRY]	= { EXIT_REASON_VMRESUME,	SVM_EXIT_VMRUN },
};

/* Exits that can happen at any time: host interrupts and page faults */
static const int vmx_background[] = {
	EXIT_REASON_EXCEPTION_NMI,
	EXIT_REASON_EXTERNAL_INTERRUPT,
	EXIT_REASON_EPT_VIOLATION,
	EXIT_REASON_EPT_MISCONFIG,
	/* KVM uses the timer to force an exit right after a VM entry. */
	EXIT_REASON_PREEMPTION_TIMER,
};

static const int svm_background[] = {
	SVM_EXIT_EXCP_BASE + PF_VECTOR,
	SVM_EXIT_EXCP_BASE + MC_VECTOR,
	SVM_EXIT_INTR,
	SVM_EXIT_NMI,
	SVM_EXIT_SMI,
	SVM_EXIT_NPF,
};

/* L1 executes these too when it runs L2.  Some CPUs handle them without an exit. */
static const int vmx_l1_background[] = { EXIT_REASON_VMREAD, EXIT_REASON_VMWRITE };
static const int svm_l1_background[] = { SVM_EXIT_VMLOAD, SVM_EXIT_VMSAVE };

struct vcpu_stats {
	int fd;
	struct kvm_stats_header header;
	struct kvm_stats_desc *descs;
};

struct counts {
	uint64_t total[NR_SLOTS];
	uint64_t l2[NR_SLOTS];
	uint64_t failed;
	/* KVM's own counter of all exits */
	uint64_t exits;
};

struct expected {
	uint64_t l1[NR_SLOTS];
	uint64_t l2[NR_SLOTS];
	uint64_t failed;
};

/* Exits to userspace before a vCPU reached a stage */
struct user_exits {
	uint64_t out;
	uint64_t mmio;
};

/* Also read by the guest */
static bool is_svm;

static unsigned long l2_stack[64];

static void hypercall(void)
{
	/* No such hypercall: KVM handles it and returns an error. */
	uint64_t rax = -1ull;

	if (is_svm)
		asm volatile("vmmcall" : "+a"(rax) : : "memory");
	else
		asm volatile("vmcall" : "+a"(rax) : : "memory");
}

static void do_cpuid(void)
{
	uint32_t eax, ebx, ecx, edx;

	cpuid(0, &eax, &ebx, &ecx, &edx);
}

static void guest_instructions(uint64_t base)
{
	uint64_t apic_base = 0;
	int i;

	for (i = 0; i < NR_CPUID(base); i++)
		do_cpuid();

	for (i = 0; i < NR_RDMSR(base); i++)
		apic_base = rdmsr(MSR_IA32_APICBASE);

	for (i = 0; i < NR_WRMSR(base); i++)
		wrmsr(MSR_IA32_APICBASE, apic_base);

	for (i = 0; i < NR_OUT(base); i++)
		asm volatile("outb %%al, %[port]" : : "a"(0), [port] "i"(TEST_PORT));

	for (i = 0; i < NR_HYPERCALL(base); i++)
		hypercall();
}

/*
 * L1 doesn't preserve L2's registers across an exit that it handles, so L2 must
 * not use them, not even for a loop counter.  The last hypercall does not return.
 */
static void l2_code(void)
{
	asm volatile(".rept %c[nr]\n\t"
		     "outb %%al, %[port]\n\t"
		     ".endr\n\t"
		     : : [port] "i"(TEST_PORT), [nr] "i"(NR_L2_OUT) : "memory");

	asm volatile(".rept %c[nr]\n\t"
		     "cpuid\n\t"
		     ".endr\n\t"
		     : : [nr] "i"(NR_L2_CPUID) : "rax", "rbx", "rcx", "rdx", "memory");

	if (is_svm)
		asm volatile(".rept %c[nr]\n\t"
			     "vmmcall\n\t"
			     ".endr\n\t"
			     : : [nr] "i"(NR_L2_HYPERCALL) : "memory");
	else
		asm volatile(".rept %c[nr]\n\t"
			     "vmcall\n\t"
			     ".endr\n\t"
			     : : [nr] "i"(NR_L2_HYPERCALL) : "memory");
}

/* L1 handles the hypercalls of L2, and L2's CPUIDs, which always exit on VMX. */
static void l1_vmx_code(struct vmx_pages *vmx)
{
	int hypercalls = 0;

	GUEST_ASSERT(prepare_for_vmx_operation(vmx));
	GUEST_ASSERT(load_vmcs(vmx));
	prepare_vmcs(vmx, l2_code, &l2_stack[ARRAY_SIZE(l2_stack)]);
	GUEST_SYNC(STAGE_L2_READY);

	GUEST_ASSERT(!vmlaunch());
	for (;;) {
		if (vmreadz(VM_EXIT_REASON) == EXIT_REASON_VMCALL) {
			if (++hypercalls == NR_L2_HYPERCALL)
				break;
			do_cpuid();
		} else {
			GUEST_ASSERT(vmreadz(VM_EXIT_REASON) == EXIT_REASON_CPUID);
		}
		vmwrite(GUEST_RIP, vmreadz(GUEST_RIP) + vmreadz(VM_EXIT_INSTRUCTION_LEN));
		GUEST_ASSERT(!vmresume());
	}
}

/* L1 handles the hypercalls of L2, but does not intercept CPUID: KVM handles it. */
static void l1_svm_code(struct svm_test_data *svm)
{
	int hypercalls = 0;

	generic_svm_setup(svm, l2_code, &l2_stack[ARRAY_SIZE(l2_stack)]);
	GUEST_SYNC(STAGE_L2_READY);

	for (;;) {
		run_guest(svm->vmcb, svm->vmcb_gpa);
		GUEST_ASSERT(svm->vmcb->control.exit_code == SVM_EXIT_VMMCALL);
		if (++hypercalls == NR_L2_HYPERCALL)
			break;
		do_cpuid();
		/* The length of VMMCALL */
		svm->vmcb->save.rip += 3;
	}
}

static void guest_code(uint64_t base, void *nested)
{
	int i;

	GUEST_SYNC(STAGE_READY);

	guest_instructions(base);
	GUEST_SYNC(STAGE_INSTRUCTIONS);

	for (i = 0; i < NR_MMIO(base); i++)
		READ_ONCE(*(uint32_t *)MMIO_GVA);
	GUEST_SYNC(STAGE_MMIO);

	if (is_svm)
		l1_svm_code(nested);
	else
		l1_vmx_code(nested);
	GUEST_SYNC(STAGE_L2);
}

/* Run a vCPU until it has reached a stage. */
static struct user_exits run_to(struct kvm_vcpu *vcpu, enum stage stage)
{
	struct user_exits user = {};
	struct kvm_run *run = vcpu->run;
	struct ucall uc;

	for (;;) {
		vcpu_run(vcpu);
		if (run->exit_reason == KVM_EXIT_IO && run->io.port == TEST_PORT) {
			user.out++;
			continue;
		}
		if (run->exit_reason == KVM_EXIT_MMIO) {
			user.mmio++;
			continue;
		}

		TEST_ASSERT(run->exit_reason == KVM_EXIT_IO,
			    "Unexpected exit reason: %u (%s)",
			    run->exit_reason, exit_reason_str(run->exit_reason));
		switch (get_ucall(vcpu, &uc)) {
		case UCALL_SYNC:
			TEST_ASSERT(uc.args[1] == stage, "Expected stage %u, got %lu",
				    stage, uc.args[1]);
			return user;
		case UCALL_ABORT:
			REPORT_GUEST_ASSERT(uc);
		default:
			TEST_FAIL("Unexpected ucall: %lu", uc.cmd);
		}
	}
}

static void stats_open(struct vcpu_stats *stats, struct kvm_vcpu *vcpu)
{
	stats->fd = vcpu_get_stats_fd(vcpu);
	read_stats_header(stats->fd, &stats->header);
	stats->descs = read_stats_descriptors(stats->fd, &stats->header);
}

static void stats_close(struct vcpu_stats *stats)
{
	free(stats->descs);
	close(stats->fd);
}

static struct kvm_stats_desc *stats_find(struct vcpu_stats *stats, const char *name)
{
	struct kvm_stats_desc *desc;
	int i;

	for (i = 0; i < stats->header.num_desc; i++) {
		desc = get_stats_descriptor(stats->descs, i, &stats->header);
		if (!strcmp(desc->name, name))
			return desc;
	}
	return NULL;
}

static void stats_read(struct vcpu_stats *stats, const char *name, uint64_t *data, size_t nr)
{
	struct kvm_stats_desc *desc = stats_find(stats, name);

	TEST_ASSERT(desc, "No statistic '%s'", name);
	read_stat_data(stats->fd, &stats->header, desc, data, nr);
}

static struct counts counts_read(struct vcpu_stats *stats)
{
	struct counts counts;

	stats_read(stats, "exits_by_reason", counts.total, NR_SLOTS);
	stats_read(stats, "l2_exits_by_reason", counts.l2, NR_SLOTS);
	stats_read(stats, "failed_entries", &counts.failed, 1);
	stats_read(stats, "exits", &counts.exits, 1);
	return counts;
}

/* Return the changes since @counts, and update @counts. */
static struct counts counts_since(struct vcpu_stats *stats, struct counts *counts)
{
	struct counts new = counts_read(stats), diff;
	int i;

	for (i = 0; i < NR_SLOTS; i++) {
		diff.total[i] = new.total[i] - counts->total[i];
		diff.l2[i] = new.l2[i] - counts->l2[i];
	}
	diff.failed = new.failed - counts->failed;
	diff.exits = new.exits - counts->exits;
	*counts = new;
	return diff;
}

static unsigned int slot_of_code(int code)
{
	if (code < 0)
		return SLOT_OTHER + code;
	if (is_svm && code >= SVM_EXIT_NPF)
		return SLOT_SVM_0x400 + code - SVM_EXIT_NPF;
	return code;
}

static unsigned int slot_of(enum reason reason)
{
	return slot_of_code(is_svm ? codes[reason].svm : codes[reason].vmx);
}

static void expect_any(uint64_t *slots, const int *list, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		slots[slot_of_code(list[i])] = ANY;
}

/* Expect only exits that can happen at any time. */
static void expect_background(struct expected *expected)
{
	const int *list = is_svm ? svm_background : vmx_background;
	size_t nr = is_svm ? ARRAY_SIZE(svm_background) : ARRAY_SIZE(vmx_background);

	memset(expected, 0, sizeof(*expected));
	expect_any(expected->l1, list, nr);
	expect_any(expected->l2, list, nr);
}

static void check_slots(const char *level, const uint64_t *counted, const uint64_t *expected)
{
	unsigned int slot;

	for (slot = 0; slot < NR_SLOTS; slot++) {
		TEST_ASSERT(expected[slot] == ANY || counted[slot] == expected[slot],
			    "Expected %lu exits from %s in slot 0x%x, counted %lu",
			    expected[slot], level, slot, counted[slot]);
	}
}

static void check_counts(const struct counts *counts, const struct expected *expected)
{
	uint64_t l1[NR_SLOTS], sum = 0;
	int i;

	for (i = 0; i < NR_SLOTS; i++) {
		TEST_ASSERT(counts->l2[i] <= counts->total[i],
			    "%lu exits in slot 0x%x, %lu of them from L2",
			    counts->total[i], i, counts->l2[i]);
		l1[i] = counts->total[i] - counts->l2[i];
		sum += counts->total[i];
	}

	check_slots("L1", l1, expected->l1);
	check_slots("L2", counts->l2, expected->l2);
	TEST_ASSERT(counts->failed == expected->failed,
		    "Expected %lu failed entries, counted %lu",
		    expected->failed, counts->failed);
	TEST_ASSERT(sum == counts->exits,
		    "The slots have %lu exits, KVM counted %lu", sum, counts->exits);
}

static void check_none(const struct counts *counts)
{
	static const struct expected none;

	check_counts(counts, &none);
}

static void check_user_exits(const char *what, uint64_t counted, uint64_t expected)
{
	TEST_ASSERT(counted == expected, "Expected %lu exits to userspace for %s, got %lu",
		    expected, what, counted);
}

static void test_descriptors(struct vcpu_stats *stats)
{
	static const struct {
		const char *name;
		uint32_t type;
		uint16_t size;
		uint32_t bucket_size;
	} wanted[] = {
		{ "exits_by_reason", KVM_STATS_TYPE_LINEAR_HIST, NR_SLOTS, 1 },
		{ "l2_exits_by_reason", KVM_STATS_TYPE_LINEAR_HIST, NR_SLOTS, 1 },
		{ "failed_entries", KVM_STATS_TYPE_CUMULATIVE, 1, 0 },
	};
	struct kvm_stats_desc *desc;
	uint32_t flags;
	int i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++) {
		desc = stats_find(stats, wanted[i].name);
		TEST_ASSERT(desc, "No statistic '%s'", wanted[i].name);

		flags = wanted[i].type | KVM_STATS_UNIT_NONE | KVM_STATS_BASE_POW10;
		TEST_ASSERT(desc->flags == flags, "%s: expected flags 0x%x, got 0x%x",
			    desc->name, flags, desc->flags);
		TEST_ASSERT(!desc->exponent, "%s: the exponent is %d",
			    desc->name, desc->exponent);
		TEST_ASSERT(desc->size == wanted[i].size, "%s: expected size %u, got %u",
			    desc->name, wanted[i].size, desc->size);
		TEST_ASSERT(desc->bucket_size == wanted[i].bucket_size,
			    "%s: expected bucket size %u, got %u",
			    desc->name, wanted[i].bucket_size, desc->bucket_size);
	}
	ksft_test_result_pass("descriptors\n");
}

/* Exits that KVM handles itself, and exits to userspace */
static void test_instructions(struct kvm_vcpu *vcpu, struct vcpu_stats *stats, uint64_t base)
{
	struct counts counts, diff;
	struct expected expected;
	struct user_exits user;

	run_to(vcpu, STAGE_READY);
	counts = counts_read(stats);
	user = run_to(vcpu, STAGE_INSTRUCTIONS);
	diff = counts_since(stats, &counts);

	expect_background(&expected);
	expected.l1[slot_of(REASON_CPUID)] += NR_CPUID(base);
	/* These two share a slot on SVM. */
	expected.l1[slot_of(REASON_RDMSR)] += NR_RDMSR(base);
	expected.l1[slot_of(REASON_WRMSR)] += NR_WRMSR(base);
	/* One more for the ucall */
	expected.l1[slot_of(REASON_IO)] += NR_OUT(base) + 1;
	expected.l1[slot_of(REASON_HYPERCALL)] += NR_HYPERCALL(base);
	check_user_exits("OUT", user.out, NR_OUT(base));
	check_counts(&diff, &expected);
	ksft_test_result_pass("instructions of vCPU %u: %lu exits\n", vcpu->id, diff.exits);
}

/* Page faults can happen at any time, but each access to MMIO causes one. */
static void test_mmio(struct kvm_vcpu *vcpu, struct vcpu_stats *stats, uint64_t base)
{
	struct counts counts = counts_read(stats), diff;
	struct expected expected;
	struct user_exits user;
	uint64_t faults;

	user = run_to(vcpu, STAGE_MMIO);
	diff = counts_since(stats, &counts);

	expect_background(&expected);
	expected.l1[slot_of(REASON_IO)] += 1;
	check_user_exits("MMIO", user.mmio, NR_MMIO(base));
	check_counts(&diff, &expected);

	if (is_svm && kvm_is_tdp_enabled())
		faults = diff.total[slot_of_code(SVM_EXIT_NPF)];
	else if (is_svm)
		faults = diff.total[slot_of_code(SVM_EXIT_EXCP_BASE + PF_VECTOR)];
	else if (kvm_is_tdp_enabled())
		faults = diff.total[slot_of_code(EXIT_REASON_EPT_VIOLATION)] +
			 diff.total[slot_of_code(EXIT_REASON_EPT_MISCONFIG)];
	else
		faults = diff.total[slot_of_code(EXIT_REASON_EXCEPTION_NMI)];
	TEST_ASSERT(faults >= NR_MMIO(base), "Expected %lu page faults or more, counted %lu",
		    NR_MMIO(base), faults);
	ksft_test_result_pass("MMIO: %lu exits, %lu of them page faults\n", diff.exits, faults);
}

/*
 * Try a VM entry with a state that KVM does not check, but the CPU does.  The
 * registers are undefined afterwards, so the vCPU must not run again.
 */
static void test_failed_entry(struct kvm_vcpu *vcpu, struct vcpu_stats *stats)
{
	struct counts counts = counts_read(stats), diff;
	struct kvm_sregs sregs;
	struct expected expected;

	if (!is_svm && !vm_is_unrestricted_guest(NULL)) {
		ksft_test_result_skip("failed entry: KVM may emulate the guest instead\n");
		return;
	}

	vcpu_sregs_get(vcpu, &sregs);
	/* A code segment can't be a 64-bit and a 32-bit segment at once. */
	sregs.cs.l = 1;
	sregs.cs.db = 1;
	vcpu_sregs_set(vcpu, &sregs);
	vcpu_run(vcpu);
	TEST_ASSERT(vcpu->run->exit_reason == KVM_EXIT_FAIL_ENTRY,
		    "Expected a failed entry, got exit reason %u (%s)",
		    vcpu->run->exit_reason, exit_reason_str(vcpu->run->exit_reason));
	diff = counts_since(stats, &counts);

	expect_background(&expected);
	expected.l1[slot_of(REASON_INVALID_STATE)] = 1;
	/* On SVM such an entry is an exit like any other. */
	expected.failed = is_svm ? 0 : 1;
	check_counts(&diff, &expected);
	ksft_test_result_pass("failed entry: %lu exits\n", diff.exits);
}

static void test_l2(struct kvm_vcpu *vcpu, struct vcpu_stats *stats)
{
	struct counts counts, diff;
	struct expected expected;
	struct user_exits user;
	uint64_t sum = 0;
	int i;

	if (!kvm_cpu_has(is_svm ? X86_FEATURE_SVM : X86_FEATURE_VMX)) {
		ksft_test_result_skip("exits from L2: no nested virtualization\n");
		return;
	}

	run_to(vcpu, STAGE_L2_READY);
	counts = counts_read(stats);
	user = run_to(vcpu, STAGE_L2);
	diff = counts_since(stats, &counts);

	expect_background(&expected);
	if (is_svm)
		expect_any(expected.l1, svm_l1_background, ARRAY_SIZE(svm_l1_background));
	else
		expect_any(expected.l1, vmx_l1_background, ARRAY_SIZE(vmx_l1_background));
	expected.l2[slot_of(REASON_IO)] = NR_L2_OUT;
	expected.l2[slot_of(REASON_CPUID)] = NR_L2_CPUID;
	expected.l2[slot_of(REASON_HYPERCALL)] = NR_L2_HYPERCALL;

	expected.l1[slot_of(REASON_IO)] = 1;
	expected.l1[slot_of(REASON_CPUID)] = NR_L1_CPUID;
	/* One VM entry for each exit that L1 handles.  On SVM both have one reason. */
	expected.l1[slot_of(REASON_FIRST_ENTRY)] += 1;
	expected.l1[slot_of(REASON_NEXT_ENTRY)] += NR_L2_HYPERCALL - 1;
	if (!is_svm)
		expected.l1[slot_of(REASON_NEXT_ENTRY)] += NR_L2_CPUID;

	check_user_exits("OUT", user.out, NR_L2_OUT);
	check_counts(&diff, &expected);

	for (i = 0; i < NR_SLOTS; i++)
		sum += diff.l2[i];
	ksft_test_result_pass("L2: %lu exits, %lu of them from L2\n", diff.exits, sum);
}

int main(void)
{
	const uint64_t bases[] = { 101, 211 };
	vm_vaddr_t nested_gva = 0;
	struct kvm_vcpu *vcpus[2];
	struct vcpu_stats stats[2];
	struct counts counts, diff;
	struct kvm_vm *vm;
	int i;

	TEST_REQUIRE(kvm_has_cap(KVM_CAP_BINARY_STATS_FD));

	/* Ask the host's CPU, as KVM hides the feature if nested=0. */
	is_svm = this_cpu_has(X86_FEATURE_SVM);

	vm = vm_create_with_vcpus(2, guest_code, vcpus);
	for (i = 0; i < 2; i++)
		stats_open(&stats[i], vcpus[i]);

	/* CONFIG_KVM_EXIT_COUNTERS */
	TEST_REQUIRE(stats_find(&stats[0], "exits_by_reason"));

	ksft_print_header();
	ksft_set_plan(8);

	sync_global_to_guest(vm, is_svm);
	virt_map(vm, MMIO_GVA, MMIO_GPA, 1);
	if (kvm_cpu_has(X86_FEATURE_SVM))
		vcpu_alloc_svm(vm, &nested_gva);
	else if (kvm_cpu_has(X86_FEATURE_VMX))
		vcpu_alloc_vmx(vm, &nested_gva);
	for (i = 0; i < 2; i++)
		vcpu_args_set(vcpus[i], 2, bases[i], nested_gva);

	test_descriptors(&stats[0]);

	for (i = 0; i < 2; i++) {
		counts = counts_read(&stats[i]);
		check_none(&counts);
	}
	ksft_test_result_pass("vCPUs that have not run: no exits\n");

	test_instructions(vcpus[0], &stats[0], bases[0]);
	counts = counts_read(&stats[1]);
	check_none(&counts);

	counts = counts_read(&stats[0]);
	test_instructions(vcpus[1], &stats[1], bases[1]);
	diff = counts_since(&stats[0], &counts);
	check_none(&diff);
	ksft_test_result_pass("the exits of one vCPU are not another's\n");

	test_mmio(vcpus[0], &stats[0], bases[0]);
	test_l2(vcpus[0], &stats[0]);
	test_failed_entry(vcpus[1], &stats[1]);

	for (i = 0; i < 2; i++)
		stats_close(&stats[i]);
	kvm_vm_free(vm);

	ksft_finished();
}
