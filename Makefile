# SPDX-License-Identifier: GPL-2.0
# What users call; `make help` lists it.  The rules behind are in harness/make/.

# One version for everything: packages, kvm-exits, documents
VERSION		:= 1.0

# Set these in the environment or on the command line to override.
KERNEL_TARBALL	?= /usr/src/linux-source-6.12.tar.xz
KERNEL_TREE	?=
EXPERIMENT	?= coverage workloads together bare
CONFIG		?= /boot/config-$(shell uname -r)
# Logs for the fuzzer, and boots of the livelock test
RUNS		?= 10000000
BOOTS		?= 100
# RELOAD=1: experiments on this machine may reload KVM's vendor module
RELOAD		?= 0
# LONG=1: tests run in full, and the long ones too
LONG		?= 0
# Another kernel for the hosts, with one more fragment of kernel-patch/config and a
# build folder of its own. Debug kernels run on the AMD host.
FLAVOUR		?=
DEBUG_FLAVOURS	:= debug kcsan
FLAVOURS	:= $(DEBUG_FLAVOURS) bench
B		:= $(patsubst %/,%,build/$(FLAVOUR))
RESULTS		?= $(if $(FLAVOUR),$(B)/)results
ifneq ($(filter $(DEBUG_FLAVOURS),$(FLAVOUR))$(filter 1,$(DEBUG)),)
HOST		?= svm
else
HOST		?= svm vmx
endif

HOSTS		:= $(notdir $(wildcard harness/hosts/*))
EXPERIMENTS	:= $(notdir $(wildcard harness/experiments/*))
JOBS		:= $(shell nproc)
export LC_ALL	:= C
export TZ	:= UTC

# A program that runs under this ends when make is ended.
DIES_WITH_MAKE	:= setpriv --pdeathsig TERM

.DELETE_ON_ERROR:
.PHONY: help experiment check check-all check-packages check-boots bench \
	selftests fuzz kernel series dkms-deb deb install shell clean names-ok emulated-only force

help: ## show this list
	@echo "make TARGET [VARIABLE=VALUE]..."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' Makefile | while read -r target what; do \
		printf '  %-14s %s\n' "$$target" "$$what"; done
	@echo
	@echo "  HOST=\"$(HOST)\"  EXPERIMENT=\"$(EXPERIMENT)\"  RESULTS=$(RESULTS)  KERNEL_TREE=FOLDER or KERNEL_TARBALL=FILE: clean kernel source"
	@echo "  hosts: $(HOSTS); experiments: $(EXPERIMENTS)"

include $(addprefix harness/make/,release.mk packages.mk kernel.mk image.mk check.mk)

experiment: names-ok image tool $(patsubst %,$(B)/inputs.%,$(filter-out this,$(HOST))) ## boot HOSTs, run EXPERIMENTs on them, make the tables in results/
	@trap 'echo "interrupted: the hosts are gone, $(RESULTS)/ is as it was" >&2; exit 130' INT; \
	$(DIES_WITH_MAKE) harness/bin/experiment --host "$(HOST)" --kernel $(KERNEL) --root $(ROOT) --tool $(TOOL) \
		--work $(B)/run --results $(RESULTS) --inputs $(B)/inputs \
		--reload $(RELOAD) $(EXPERIMENT)
	@harness/bin/summary $(RESULTS) $(TOOL) $(HOST)

check: $(CHECK) ## run the tests (TESTS=harness/tests/NAME.t for one; DEBUG=1: on debug kernels)

check-all: ## run every test in full, those of debug kernels and of packages included: hours
	@status=0; for tests in "check LONG=1" "check DEBUG=1" check-packages; do \
		$(MAKE) --no-print-directory $$tests || { status=1; failed="$$failed make $$tests;"; }; \
	done; [ $$status = 0 ] || echo "error: failed:$$failed" >&2; exit $$status

check-packages: run-package-tests ## run the tests of the packages in emulated machines with stock Debian

check-boots: ## boot the AMD host BOOTS=100 times with busy guests, none of which may livelock
	@$(MAKE) --no-print-directory check HOST=svm TESTS=harness/tests/boots.t

bench: names-ok emulated-only ## count the instructions that counting costs, next to everything else that counts exits, to results/bench/
	@$(MAKE) --no-print-directory FLAVOUR=bench HOST="$(HOST)" RESULTS=$(RESULTS) run-bench

selftests: names-ok emulated-only $(B)/packages-experiment image ## KVM's own selftests on HOSTs, with and without the counters, to results/HOST/selftests.md
	@HOST="$(HOST)" $(DIES_WITH_MAKE) harness/bin/selftest $(RESULTS)

fuzz: $(B)/packages-check ## RUNS=10000000 mutated logs for kvm-exits
	@$(DIES_WITH_MAKE) $(MAKE) -s -C harness/kvm-exits O=$(CURDIR)/build/kvm-exits RUNS=$(RUNS) FUZZ_JOBS=$(JOBS) fuzz

kernel: $(KERNEL) ## build/kernel/bzImage and build/kernel/modules/*.ko

series: clean-tree ## build/series: the kernel patch as mails that git am takes (AUTHOR="Name <mail>")
	@rm -rf $(B)/series
	@kernel-patch/series $(B)/clean $(B)/series
	@echo "done: $(B)/series, try git am $(B)/series/000[1-9]-*.patch in a tree of that version"

dkms-deb: $(DKMS_DEB) ## build/kvm-exit-counters-dkms_VERSION_all.deb: KVM's modules for Debian 12's kernels
	@echo "done: $(DKMS_DEB), try apt-get install ./$(DKMS_DEB)"

deb: build-deb ## build/deb/linux-*.deb: a whole kernel with the counters (CONFIG=/boot/config-VERSION; KERNEL_TARBALL or KERNEL_TREE: its source)

install: ## put the DKMS package on this machine, and load its modules, if no VM runs
	@kernel-patch/packages/install --check
	@$(MAKE) --no-print-directory $(DKMS_DEB)
	@kernel-patch/packages/install $(DKMS_DEB)

shell: names-ok emulated-only image ## a prompt on an instrumented host, with guests to start (HOST=vmx; else the first)
	@harness/bin/shell --host $(firstword $(HOST)) --kernel $(KERNEL) --root $(ROOT) --work $(B)/run

clean: ## remove build/
	rm -rf $(B)

# Names are checked before anything long begins.
names-ok:
	@$(foreach name,$(filter-out $(HOSTS),$(HOST)), \
		echo 'error: no host is called "$(name)": there are $(HOSTS)' >&2; exit 2;) \
	$(foreach name,$(filter-out $(FLAVOURS),$(FLAVOUR)), \
		echo 'error: no flavour is called "$(name)": there are $(FLAVOURS)' >&2; exit 2;) \
	$(foreach name,$(filter-out $(EXPERIMENTS),$(EXPERIMENT)), \
		echo 'error: no experiment is called "$(name)": there are $(EXPERIMENTS)' >&2; exit 2;) :
	@$(if $(filter this,$(HOST)),harness/bin/this-machine >/dev/null)

emulated-only:
	@$(if $(filter this,$(HOST)),echo 'error: this is for emulated machines: HOST=svm or HOST=vmx' >&2; exit 2,:)
