# SPDX-License-Identifier: GPL-2.0
# The targets for users; `make help` lists them.  Other rules are in harness/make/.

# The version of the Debian packages and of kvm-exits
VERSION		:= 1.0

# Set these in the environment or on the command line to override.
PRODUCT_TARBALL	:= /usr/src/linux-source-6.12.tar.xz
KERNEL_TARBALL	?= $(PRODUCT_TARBALL)
KERNEL_TREE	?=
# Linux guests boot only the product's kernel so far.
EXPERIMENT	?= coverage $(if $(KERNEL),$(if $(wildcard build/kernel/bzImage),workloads together),workloads together) bare
CONFIG		?= /boot/config-$(shell uname -r)
# The two kernels of make compare, and the lines of make kernels
A		?=
B		?=
BUDGET		?=
KERNELS		?=
# TIMING=N: boot hosts with other timing, as in their Nth attempt after a livelock
TIMING		?= 1
# RUNS: mutated logs for make fuzz.  BOOTS: boots for make check-boots.
RUNS		?= 10000000
BOOTS		?= 100
# RELOAD=1: experiments on this machine may reload KVM's vendor module
RELOAD		?= 0
# LONG=1: run all tests in full, also the long ones
LONG		?= 0
# KERNEL=LINE: run experiments on hosts with Debian's own kernel of this line, such as
# 6.12, in build/LINE.  Only KVM's modules are built.
KERNEL		?=
# FLAVOUR=NAME: build the hosts' kernel in build/NAME, with the additional fragment
# kernel-patch/config/NAME.config.  Debug kernels run on the AMD host.
FLAVOUR		?=
DEBUG_FLAVOURS	:= debug kcsan
FLAVOURS	:= $(DEBUG_FLAVOURS) bench variant
BUILD		:= $(patsubst %/,%,build/$(or $(KERNEL),$(FLAVOUR)))
RESULTS		?= $(if $(KERNEL)$(FLAVOUR),$(BUILD)/)results
ifneq ($(filter $(DEBUG_FLAVOURS),$(FLAVOUR))$(filter 1,$(DEBUG)),)
HOST		?= svm
else
HOST		?= svm vmx
endif

# These need the kernel that this project builds.
ifneq ($(KERNEL),)
ifneq ($(filter bench compare kernels selftests series deb check-all check-packages check-boots,$(MAKECMDGOALS)),)
$(error KERNEL=$(KERNEL) only works with make experiment, make check and make shell: unset KERNEL)
endif
endif

HOSTS		:= $(notdir $(wildcard harness/hosts/*))
EXPERIMENTS	:= $(notdir $(wildcard harness/experiments/*))
ifeq ($(EXPERIMENT),all)
override EXPERIMENT := $(EXPERIMENTS)
endif
JOBS		:= $(shell nproc)
export LC_ALL	:= C
export TZ	:= UTC

# The kernel terminates a program that was started with this when make dies.
DIES_WITH_MAKE	:= setpriv --pdeathsig TERM

.DELETE_ON_ERROR:
.PHONY: help experiment report compare kernels check check-all check-packages check-patches check-boots bench \
	selftests fuzz kernel series packages deb install shell clean names-ok emulated-only force

help: ## show this list
	@echo "make TARGET [VARIABLE=VALUE]..."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' Makefile | while read -r target what; do \
		printf '  %-14s %s\n' "$$target" "$$what"; done
	@echo
	@echo "  HOST=\"$(HOST)\"  EXPERIMENT=\"$(EXPERIMENT)\"  RESULTS=$(RESULTS)  KERNEL_TREE=FOLDER or KERNEL_TARBALL=FILE: clean kernel source"
	@echo "  KERNEL=LINE: use Debian's own kernel; lines: $(LINES)"
	@echo "  hosts: $(HOSTS); experiments: $(EXPERIMENTS), all"
	@echo "  make compare: BUDGET=FILE: fail if B has more exits than FILE allows"
	@echo "  make kernels: KERNELS=\"LINE LINE...\": only these, by default all that this machine can get"

include $(addprefix harness/make/,release.mk packages.mk kernel.mk image.mk check.mk compare.mk)

experiment: names-ok image tool $(if $(VARIANT),variant) $(patsubst %,$(BUILD)/inputs.%,$(filter-out this,$(HOST))) ## boot HOSTs, run EXPERIMENTs on them and write the tables to results/
	@trap 'echo "interrupted: the hosts were stopped, $(RESULTS)/ is unchanged" >&2; exit 130' INT; \
	$(DIES_WITH_MAKE) harness/bin/experiment --host "$(HOST)" --kernel $(BZIMAGE) --root $(ROOT) --tool $(TOOL) \
		--work $(BUILD)/run --results $(RESULTS) --inputs $(BUILD)/inputs $(VARIANT:%=--variant %) \
		--reload $(RELOAD) --timing $(TIMING) $(EXPERIMENT)
	@harness/bin/summary $(RESULTS) $(TOOL) $(ROOT) "$(EXPERIMENT)" $(HOST)
	@$(if $(filter-out this,$(HOST)),harness/bin/report $(RESULTS) $(TOOL))

report: tool ## write results/index.html, a page with all tables, from the logs in results/
	@harness/bin/report $(RESULTS) $(TOOL)
	@echo "done: $(RESULTS)/index.html"

compare: compare-sides ## run EXPERIMENTs on two kernels and print what differs: A and B are lines of Debian's kernels, source trees, results, or empty
	@harness/bin/compare $(SIDES)/A $(SIDES)/B $(BUDGET)

kernels: names-ok emulated-only ## run the workloads on hosts with Debian's KERNELS and write what moved between them, and why, to results/kernels/
	@$(if $(word 2,$(KERNEL_LINES)),,echo "error: there is nothing to compare the kernel $(KERNEL_LINES) with: set KERNELS to two lines or more of $(LINES)" >&2; exit 2)
	@$(call run-lines,$(KERNEL_LINES))
	@harness/bin/kernels $(KERNEL_RUNS) $(TOOL) harness/bin/kernels.txt $(RESULTS)/kernels "$(HOST)" $(KERNEL_LINES)

check: $(CHECK) ## run the tests (TESTS=harness/tests/NAME.t: only one; DEBUG=1: on debug kernels)

check-all: ## run every test in full, also on debug kernels and for packages; takes hours
	@status=0; for tests in "check LONG=1" "check DEBUG=1" check-packages; do \
		$(MAKE) --no-print-directory $$tests || { status=1; failed="$$failed make $$tests;"; }; \
	done; [ $$status = 0 ] || echo "error: failed:$$failed" >&2; exit $$status

check-packages: run-package-tests ## test the Debian packages in emulated machines that run stock Debian

check-patches: run-patch-tests ## check the patch of each kernel version in full (KERNEL=LINE: only one)

check-boots: ## check that the AMD host does not livelock in BOOTS=100 boots with busy guests
	@$(MAKE) --no-print-directory check HOST=svm TESTS=harness/tests/boots.t

bench: names-ok emulated-only ## measure what the counters and the alternatives add to an exit; writes results/bench/
	@$(MAKE) --no-print-directory FLAVOUR=bench HOST="$(HOST)" RESULTS=$(RESULTS) run-bench

selftests: names-ok emulated-only $(BUILD)/packages-experiment image ## run KVM's selftests on HOSTs with and without the counters; writes results/HOST/selftests.md
	@HOST="$(HOST)" $(DIES_WITH_MAKE) harness/bin/selftest $(RESULTS)

fuzz: $(BUILD)/packages-check ## feed kvm-exits RUNS=10000000 mutated logs
	@$(DIES_WITH_MAKE) $(MAKE) -s -C harness/kvm-exits O=$(CURDIR)/build/kvm-exits RUNS=$(RUNS) FUZZ_JOBS=$(JOBS) fuzz

kernel: $(BZIMAGE) ## build build/kernel/bzImage and build/kernel/modules/*.ko

series: clean-tree ## write the kernel patch to build/series as mails for git am (AUTHOR="Name <mail>")
	@rm -rf $(BUILD)/series
	@kernel-patch/series $(BUILD)/clean $(BUILD)/series
	@echo "done: $(BUILD)/series; in a tree of that version, run git am $(BUILD)/series/000[1-9]-*.patch"

packages: $(DKMS_DEB) ## build build/packages/*.deb: the reader kvm-exits, and KVM's modules for Debian's kernels
	@echo "done; to install the packages, run apt-get install ./$(DKMS_DEB) ./$(READER_DEB)"

deb: build-deb ## build build/deb/linux-*.deb: a kernel with the counters (CONFIG=/boot/config-VERSION; source: KERNEL_TARBALL or KERNEL_TREE)

install: ## install both packages on this machine and load KVM's modules, if no VM is running
	@kernel-patch/packages/install --check
	@$(MAKE) --no-print-directory $(DKMS_DEB)
	@kernel-patch/packages/install $(DKMS_DEB) $(READER_DEB)

shell: names-ok emulated-only image tool ## open a prompt on an emulated host, with guests to start (HOST=vmx; default: svm)
	@harness/image/tool $(BUILD)/image/tool $(TOOL)
	@harness/bin/shell --host $(firstword $(HOST)) --kernel $(BZIMAGE) --root "$(ROOT) $(CURDIR)/$(BUILD)/image/tool" --work $(BUILD)/run

clean: ## remove build/
	rm -rf $(BUILD)

# Check all names before anything that takes long.
names-ok:
	@$(foreach name,$(filter-out $(HOSTS),$(HOST)), \
		echo 'error: unknown host "$(name)", use one of: $(HOSTS)' >&2; exit 2;) \
	$(foreach name,$(filter-out $(FLAVOURS),$(FLAVOUR)), \
		echo 'error: unknown flavour "$(name)", use one of: $(FLAVOURS)' >&2; exit 2;) \
	$(foreach name,$(filter-out $(LINES),$(KERNEL) $(KERNELS)), \
		echo 'error: there are no patches for the kernel $(name), use one of: $(LINES)' >&2; exit 2;) \
	$(if $(KERNEL),$(foreach name,$(FLAVOUR) $(and $(filter 1,$(DEBUG)),DEBUG=1), \
		echo 'error: Debian'"'"'s own kernels have no build "$(name)": unset KERNEL' >&2; exit 2;)) \
	$(foreach name,$(filter-out $(EXPERIMENTS),$(EXPERIMENT)), \
		echo 'error: unknown experiment "$(name)", use one of: $(EXPERIMENTS)' >&2; exit 2;) \
	$(foreach name,$(if $(VARIANT),$(foreach name,KERNEL KERNEL_TREE FLAVOUR,$(if $($(name)),$(name)))), \
		echo 'error: one of the experiments $(EXPERIMENT) has a kernel of its own: unset $(name)' >&2; exit 2;) \
	$(foreach name,$(filter-out $(wildcard harness/tests/*.t harness/tests/packages/*.t),$(TESTS)), \
		echo 'error: unknown test "$(name)", use harness/tests/NAME.t' >&2; exit 2;) \
	$(if $(filter-out 1 2 3 4 5 6 7 8 9,$(TIMING)), \
		echo 'error: TIMING=$(TIMING) is not a digit from 1 to 9' >&2; exit 2;) \
	$(foreach name,HOST EXPERIMENT TESTS,$(if $($(name)),,echo 'error: $(name) is empty' >&2; exit 2;)) :
	@$(if $(filter this,$(HOST)),harness/bin/this-machine >/dev/null)

emulated-only:
	@$(if $(filter this,$(HOST)),echo 'error: this target needs an emulated host: set HOST=svm or HOST=vmx' >&2; exit 2,:)
