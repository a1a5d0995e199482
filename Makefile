# SPDX-License-Identifier: GPL-2.0
# The one way in.  `make help` lists what there is.

# Set these from the environment or the command line to override.
HOST		?= $(if $(filter 1,$(DEBUG))$(FLAVOUR),svm,svm vmx)
EXPERIMENT	?= coverage workloads together bare
KERNEL_TARBALL	?= /usr/src/linux-source-6.12.tar.xz
KERNEL_TREE	?=
TESTS		?= $(if $(filter 1,$(DEBUG))$(FLAVOUR)$(filter this,$(HOST)),$(sort $(TESTS_$(FLAVOUR):%=harness/tests/%.t) \
		   $(if $(filter this,$(HOST)),$(TESTS_this:%=harness/tests/%.t))), \
		   $(filter-out $(if $(filter 1,$(LONG)),,$(TESTS_long:%=harness/tests/%.t)),$(wildcard harness/tests/*.t)))
RESULTS		?= $(if $(FLAVOUR),$(B)/results,results)
RUNS		?= 10000000
# LONG=1: tests do all that they can, and those of TESTS_long run too
LONG		?= 0
BOOTS		?= 100
# RELOAD=1: experiments on this machine may load the vendor's module anew
RELOAD		?= 0

# The version of the packages, and the lines of Debian's kernels that they are for
VERSION		?= 1.0
CONFIG		?= /boot/config-$(shell uname -r)
LINES		:= $(notdir $(wildcard kernel-patch/hooks/*))

# What watches the host's kernel while tests run: each is a fragment of
# kernel-patch/config, and has the tree, the modules and the image of its host
# in a folder of its own.  FLAVOUR= is the product.
FLAVOURS	:= debug kcsan
# The tests that make sense there.
TESTS_kcsan	:= at-once counts coverage faults busted
TESTS_debug	:= $(TESTS_kcsan) survive key-taken vcpus
# What takes long and is left to `make check-all`
TESTS_long	:= boots dkms
# and on this machine, which others use
TESTS_this	:= counts coverage this
# Seconds of silence after which a test is ended, and has failed
SILENCE		:= 1800

B	:= build$(FLAVOUR:%=/%)
KERNEL	:= $(B)/kernel/bzImage
MODULES	:= $(B)/kernel/modules
ROOT	:= $(B)/image/root
# These are the same for every flavour.
TOOL	:= build/kvm-exits/kvm-exits
GUESTS	:= build/guests
GUEST_KERNEL := build/kernel/bzImage
DKMS_DEB := build/kvm-exit-counters-dkms_$(VERSION)_all.deb
HOSTS	:= $(notdir $(wildcard harness/hosts/*))

# packages-of HOST...: what their emulators need.
packages-of = $(foreach host,$(1),$(shell sed -n 's/^packages *//p' harness/hosts/$(host)))

# Debian packages, beside gcc, make and git: for `make experiment`, and for
# what else there is.
PACKAGES	:= $(sort bc bison busybox-static ccache cpio expect flex kmod \
		   libc6-dev libelf-dev libjansson-dev libssl-dev lz4 patch perl \
		   procps qemu-system-x86 tcl util-linux xz-utils zlib1g-dev \
		   $(if $(KERNEL_TREE),,$(if $(filter /usr/src/%,$(KERNEL_TARBALL)),linux-source-6.12)) \
		   $(call packages-of,$(filter $(HOSTS),$(HOST))))
# kvmexit is in bpfcc-tools.
BENCH_PACKAGES	:= $(PACKAGES) bpfcc-tools bpftrace gnuplot-nox linux-perf python3-bpfcc trace-cmd
CHECK_PACKAGES	:= $(PACKAGES) $(if $(filter-out this,$(HOST)),clang-14 libclang-rt-14-dev libcmocka-dev mmdebstrap \
		   sparse valgrind)

# For `make dkms-deb`, `make deb` and their tests
DEB_PACKAGES	:= dpkg-dev patch xz-utils $(LINES:%=linux-source-%)
KERNEL_DEB_PACKAGES := $(PACKAGES) debhelper dpkg-dev rsync
CHECK_DEB_PACKAGES := $(CHECK_PACKAGES) $(KERNEL_DEB_PACKAGES) $(DEB_PACKAGES) lintian

# What is in the Debian that tests boot with its own kernels and install packages in
DEBIAN_KERNELS	:= linux-image-amd64 linux-image-6.12-amd64
DEBIAN_PACKAGES	:= $(DEBIAN_KERNELS) linux-headers-amd64 linux-headers-6.12-amd64 dkms expect procps qemu-system-x86 tcl openssl

# The same bytes from any folder, at any time.
export KBUILD_BUILD_TIMESTAMP	:= @1767225600
export KBUILD_BUILD_USER	:= kvm-exits
export KBUILD_BUILD_HOST	:= kvm-exits
export KBUILD_BUILD_VERSION	:= 1
export CCACHE_BASEDIR		:= $(CURDIR)
export CCACHE_NOHASHDIR		:= 1
export LC_ALL			:= C
export TZ			:= UTC
JOBS	:= $(shell nproc)
# Races are looked for where the counters are, and nowhere else: the rest of the
# kernel has its own, and tells of none of ours.  Locks say that they order memory.
KBUILD_kcsan	:= KCSAN_SANITIZE=n KCSAN_SANITIZE_exit_counters.o=y KCSAN_SANITIZE_exit_dump.o=y \
		   KCSAN_INSTRUMENT_BARRIERS_spinlock.o=y
KBUILD_ARGS	:= -j$(JOBS) "CC=ccache gcc" "HOSTCC=ccache gcc" $(KBUILD_$(FLAVOUR))
KBUILD	:= $(MAKE) $(KBUILD_ARGS)

# What a recipe runs under this ends when make is ended.
DIES_WITH_MAKE	:= setpriv --pdeathsig TERM

.DELETE_ON_ERROR:
.PHONY: help experiment check check-all check-boots check-packages flavours bench bench-exact bench-way selftests fuzz kernel series dkms-deb deb install shell clean image tool

help: ## show this list
	@echo "make TARGET [VARIABLE=VALUE]..."
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1 \2/p' Makefile | while read -r target what; do \
		printf '  %-14s %s\n' "$$target" "$$what"; done
	@echo
	@echo "  HOST=\"$(HOST)\"  EXPERIMENT=\"$(EXPERIMENT)\"  RESULTS=$(RESULTS)  KERNEL_TREE=FOLDER or KERNEL_TARBALL=FILE: clean kernel source"
	@echo "  hosts: $(HOSTS); experiments: $(notdir $(wildcard harness/experiments/*))"

experiment: names-ok image tool $(patsubst %,$(B)/inputs.%,$(filter-out this,$(HOST))) ## boot HOSTs, run EXPERIMENTs on them, make the tables in results/
	@trap 'echo "interrupted: the hosts are gone, $(RESULTS)/ is as it was" >&2; exit 130' INT; \
	$(DIES_WITH_MAKE) harness/experiment --host "$(HOST)" --kernel $(KERNEL) --root $(ROOT) --tool $(TOOL) \
		--work $(B)/run --results $(RESULTS) --inputs $(B)/inputs \
		--reload $(RELOAD) $(EXPERIMENT)
	@harness/summary $(RESULTS) $(TOOL) $(HOST)

ifeq ($(DEBUG),1)
check: flavours
else
# As many tests at a time as there are CPUs, the long ones first.  Test points are
# shown as they come.  A test that hangs is ended, and has failed.
LONG_TESTS	:= $(patsubst %,harness/tests/%.t,boots coverage patch faults this counts busted bad-input)
TAP		:= $(B)/check/tap
tap-files	= $(patsubst %.t,%.tap,$(notdir $(TESTS)))
# What failed, and why, once more; and the summary
sum-up	= cd $(TAP) && awk 'FNR == 1 || /^ok/ { show = 0 } /^not ok/ { show = 1; print FILENAME ":" } show' $(tap-files); \
	prove --exec cat $(tap-files)
run-tests = printf '%s\n' $(2) | $(DIES_WITH_MAKE) xargs -r -P $(1) -n 1 \
	$(DIES_WITH_MAKE) harness/tests/run $(TAP) $(SILENCE)

# The DKMS package's wants a Debian to install it in.
check: names-ok $(B)/packages-check image tool $(if $(filter harness/tests/dkms.t,$(TESTS)),debian-dkms) ## run the tests (TESTS=harness/tests/NAME.t for one; DEBUG=1: on kernels that watch themselves)
	@rm -rf $(TAP) && mkdir -p $(TAP)
	@export HOST="$(HOST)" RELOAD=$(RELOAD) FLAVOUR=$(FLAVOUR) LONG=$(LONG) BOOTS=$(BOOTS) KBUILD_ARGS='$(KBUILD_ARGS)'; \
	$(call run-tests,$(if $(filter this,$(HOST)),1,$(JOBS)),$(filter $(TESTS),$(LONG_TESTS)) $(filter-out $(LONG_TESTS),$(TESTS)))
	@$(sum-up)

check-packages: TESTS = $(wildcard harness/tests-packages/*.t)
check-packages: TAP = $(B)/check/tap-packages
check-packages: names-ok $(B)/packages-check-deb image tool debian-dkms kernel-deb-test ## run the tests of what is packed for Debian's kernels, in boxes with a Debian
	@rm -rf $(TAP) && mkdir -p $(TAP)
	@export HOST="$(HOST)"; $(call run-tests,$(JOBS),$(TESTS))
	@$(sum-up)
endif

# One after the other, the next one too if tests of one fail
check-all: ## run every test in full, those of debug kernels and of packages included: hours
	@status=0; for tests in "check LONG=1" "check DEBUG=1" check-packages; do \
		$(MAKE) --no-print-directory $$tests || { status=1; failed="$$failed make $$tests;"; }; \
	done; [ $$status = 0 ] || echo "error: failed:$$failed" >&2; exit $$status

check-boots: ## boot the AMD host BOOTS=100 times with busy guests, none of which may livelock
	@$(MAKE) --no-print-directory check HOST=svm TESTS=harness/tests/boots.t

flavours:
	@status=0; for flavour in $(FLAVOURS); do \
		$(MAKE) --no-print-directory check DEBUG= FLAVOUR=$$flavour || status=1; \
	done; exit $$status

bench: bench-exact bench-way ## what counting costs, beside everything else that counts exits, to results/bench/

bench-exact: names-ok boxes-only $(B)/packages-bench image ## the part of it that counts instructions, which any machine can repeat
	@printf '%s\n' $(HOST) | HOST="$(HOST)" KBUILD_ARGS='$(KBUILD_ARGS)' $(DIES_WITH_MAKE) xargs -P $(JOBS) -I HOST \
		$(DIES_WITH_MAKE) harness/bench/run HOST $(RESULTS)
	@harness/bench/pages $(B)/bench $(RESULTS)

bench-way: $(B)/packages ## the part of it that takes the time from a clone to the tables
	@$(DIES_WITH_MAKE) harness/bench/way $(B)/bench $(RESULTS)

selftests: names-ok boxes-only image ## KVM's own selftests on HOSTs, with and without the counters, to results/HOST/selftests.md
	@HOST="$(HOST)" $(DIES_WITH_MAKE) harness/selftest $(RESULTS)

fuzz: $(B)/packages-check ## RUNS=10000000 damaged logs for kvm-exits, made up by a fuzzer
	@$(DIES_WITH_MAKE) $(MAKE) -s -C harness/kvm-exits O=$(CURDIR)/build/kvm-exits RUNS=$(RUNS) FUZZ_JOBS=$(JOBS) fuzz

kernel: $(KERNEL) ## build/kernel/bzImage and build/kernel/modules/*.ko

series: clean-tree ## build/series: the kernel patch as mails that git am takes (AUTHOR="Name <mail>")
	@rm -rf $(B)/series
	@kernel-patch/series $(B)/clean $(B)/series
	@echo "done: $(B)/series, try git am $(B)/series/000[1-9]-*.patch in a tree of that version"

shell: names-ok boxes-only image ## a prompt on an instrumented host, guests at hand (HOST=vmx; else the first)
	@harness/shell --host $(firstword $(HOST)) --kernel $(KERNEL) --root $(ROOT) --work $(B)/run

clean: ## remove build/
	rm -rf $(B)

# --- Names are checked before anything long begins ---------------------------

.PHONY: names-ok
names-ok:
	@$(foreach name,$(filter-out $(HOSTS),$(HOST)), \
		echo 'error: no host is called "$(name)": there are $(HOSTS)' >&2; exit 2;) \
	$(foreach name,$(filter-out $(FLAVOURS),$(FLAVOUR)), \
		echo 'error: no flavour is called "$(name)": there are $(FLAVOURS)' >&2; exit 2;) \
	$(foreach name,$(filter-out $(notdir $(wildcard harness/experiments/*)),$(EXPERIMENT)), \
		echo 'error: no experiment is called "$(name)": there are $(notdir $(wildcard harness/experiments/*))' >&2; exit 2;) :
	@$(if $(filter this,$(HOST)),harness/this-machine >/dev/null)

.PHONY: boxes-only
boxes-only:
	@$(if $(filter this,$(HOST)),echo 'error: this is for emulated machines: HOST=svm or HOST=vmx' >&2; exit 2,:)

# --- Packages ----------------------------------------------------------------

# install-packages NAMES: install what is missing, or say what to install.
define install-packages
missing=; for name in $(1); do \
	dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q ' installed$$' || missing="$$missing $$name"; \
done; \
if [ -n "$$missing" ]; then \
	if [ "$$(id -u)" != 0 ]; then \
		echo "error: please have these Debian packages installed:$$missing" >&2; exit 1; \
	fi; \
	echo "installing Debian packages:$$missing"; mkdir -p $(B); \
	export DEBIAN_FRONTEND=noninteractive; \
	{ apt-get -q update && apt-get -q -y --no-install-recommends install $$missing; } \
		>$(B)/apt.log 2>&1 </dev/null || \
	{ tail -5 $(B)/apt.log >&2; echo "error: apt-get failed; the full log is $(B)/apt.log" >&2; exit 1; }; \
fi
endef

# Another HOST than last time may need others.
$(B)/hosts: force
	@mkdir -p $(B); [ "$$(cat $@ 2>/dev/null)" = "$(HOST)" ] || echo "$(HOST)" >$@

$(B)/packages: Makefile $(B)/hosts
	@$(call install-packages,$(PACKAGES))
	@mkdir -p $(B) && touch $@

$(B)/packages-check: Makefile $(B)/hosts
	@$(call install-packages,$(CHECK_PACKAGES))
	@mkdir -p $(B) && touch $@ $(B)/packages

$(B)/packages-bench: Makefile
	@$(call install-packages,$(BENCH_PACKAGES))
	@mkdir -p $(B) && touch $@

$(B)/packages-deb: Makefile
	@$(call install-packages,$(DEB_PACKAGES))
	@mkdir -p $(B) && touch $@

$(B)/packages-kernel-deb: Makefile
	@$(call install-packages,$(KERNEL_DEB_PACKAGES))
	@mkdir -p $(B) && touch $@

$(B)/packages-check-deb: Makefile $(B)/hosts
	@$(call install-packages,$(CHECK_DEB_PACKAGES))
	@mkdir -p $(B) && touch $@ $(B)/packages $(B)/packages-check $(B)/packages-deb $(B)/packages-kernel-deb

# --- Kernel ------------------------------------------------------------------

# Hooks for other versions than the tarball's are no reason to build anew.
HOOKS	:= $(wildcard kernel-patch/hooks/$(patsubst linux-source-%.tar.xz,%,$(notdir $(KERNEL_TARBALL))))
PATCH	:= $(shell find kernel-patch/src $(if $(KERNEL_TREE),kernel-patch/hooks,$(or $(HOOKS),kernel-patch/hooks)) -type f) kernel-patch/apply
CONFIGS	:= $(patsubst %,kernel-patch/config/%.config,host guest $(FLAVOUR))

# Sources that no configuration of ours builds: a third of the files and half the bytes
UNUSED	:= $(foreach folder,drivers/gpu/drm drivers/infiniband drivers/media drivers/net/ethernet \
	     drivers/net/wireless drivers/staging sound,--exclude='*/$(folder)/*.[ch]')

# unpack FOLDER: clean kernel source in a new folder.
define unpack
if [ -n "$(KERNEL_TREE)" ]; then \
	[ -f "$(KERNEL_TREE)/Makefile" ] || { echo "error: KERNEL_TREE=$(KERNEL_TREE) is no kernel tree" >&2; exit 1; }; \
	echo "copying $(KERNEL_TREE)"; \
	rm -rf $(1) && mkdir -p $(1) && cp -r "$(KERNEL_TREE)"/. $(1); \
else \
	[ -r "$(KERNEL_TARBALL)" ] || { echo "error: can't read KERNEL_TARBALL=$(KERNEL_TARBALL)" >&2; exit 1; }; \
	echo "unpacking $(KERNEL_TARBALL)"; \
	rm -rf $(1) && mkdir -p $(1) && tar -xf "$(KERNEL_TARBALL)" -C $(1) --strip-components=1 $(UNUSED); \
fi
endef

# A clean tree, for what compares with it, and leaves it so
.PHONY: clean-tree
clean-tree: $(B)/packages
	@if [ -n "$(KERNEL_TREE)" ] || [ "$$(cat $(B)/clean/.source 2>/dev/null)" != "$(SOURCE)" ]; then \
		$(call unpack,$(B)/clean) && \
		echo "$(SOURCE)" >$(B)/clean/.source; \
	fi

# Another source than last time is a reason to build anew.
SOURCE	:= $(if $(KERNEL_TREE),KERNEL_TREE=$(KERNEL_TREE),KERNEL_TARBALL=$(KERNEL_TARBALL))
.PHONY: force
$(B)/source: force
	@mkdir -p $(B); [ "$$(cat $@ 2>/dev/null)" = "$(SOURCE)" ] || echo "$(SOURCE)" >$@

$(B)/linux/.config: $(B)/source $(PATCH) $(CONFIGS) | $(B)/packages
	@$(call unpack,$(B)/linux)
	@kernel-patch/apply $(B)/linux
	@$(KBUILD) -C $(B)/linux tinyconfig >/dev/null
	@cd $(B)/linux && scripts/kconfig/merge_config.sh -m .config $(CONFIGS:%=$(CURDIR)/%) >/dev/null
	@$(KBUILD) -C $(B)/linux olddefconfig >/dev/null
	@kernel-patch/configured $@ $(CONFIGS)
	@touch $@

$(KERNEL): $(B)/linux/.config
	@harness/progress "building the $(FLAVOUR:%=% )kernel" $(B)/kernel.log $(KBUILD) -C $(B)/linux bzImage modules
	@rm -rf $(B)/kernel && mkdir -p $(MODULES)
	@find $(B)/linux -name '*.ko' -exec cp {} $(MODULES) \;
	@cp $(B)/linux/arch/x86/boot/bzImage $@

# --- Guests, tool, image -----------------------------------------------------

tool: | $(B)/packages
	@$(MAKE) -s -C harness/kvm-exits O=$(CURDIR)/$(TOOL:%/kvm-exits=%)

image: $(ROOT).cpio

# Guests boot the product's kernel, whatever the host's is.
ifneq ($(GUEST_KERNEL),$(KERNEL))
$(GUEST_KERNEL): force
	@$(MAKE) --no-print-directory FLAVOUR= kernel
endif

$(ROOT).cpio: $(KERNEL) $(GUEST_KERNEL) $(shell find guests harness/image harness/inside harness/lib harness/experiments -type f)
	@echo "packing the hosts' root file system$(FLAVOUR:%= for the % kernel)"
	@$(MAKE) -s -C guests O=$(CURDIR)/$(GUESTS)
	@harness/image/pack $(ROOT) $(MODULES) $(GUEST_KERNEL) $(GUESTS)
	@harness/image/archive $(ROOT) $@

# --- A Debian of its own, for tests -------------------------------------------

# build/debian/root is all of it, to install packages in; build/debian/box is what
# boxes boot.
.PHONY: debian debian-dkms kernel-deb-test
debian: $(B)/debian/box/root.cpio
debian-dkms: debian $(B)/debian/dkms/.done

# Made anew when there is another kernel
$(B)/debian/wanted: $(B)/packages-check force
	@mkdir -p $(@D); wanted="$(DEBIAN_PACKAGES) $$(apt-cache policy $(DEBIAN_KERNELS) | sed -n 's/.*Candidate: //p')"; \
	[ "$$(cat $@ 2>/dev/null)" = "$$wanted" ] || echo "$$wanted" >$@

$(B)/debian/root.tar: $(B)/debian/wanted harness/debian/root harness/debian/lean
	@harness/progress "installing a Debian with its kernels" $(B)/debian.log harness/debian/root $@ $(DEBIAN_PACKAGES)

$(B)/debian/root/.done: $(B)/debian/root.tar
	@rm -rf $(@D) && mkdir -p $(@D) && tar -C $(@D) -xf $< && touch $@

$(B)/debian/box/root.cpio: $(B)/debian/root/.done $(wildcard harness/debian/* harness/lib/*)
	@harness/debian/box $(B)/debian/root $(B)/debian/box

# build/debian/dkms is that with the DKMS package installed, and what it has built.
$(B)/debian/dkms/.done: $(DKMS_DEB) $(B)/debian/root/.done harness/debian/dkms harness/debian/chroot
	@harness/progress "building KVM with DKMS" $(B)/dkms.log harness/debian/dkms $(B)/debian/root $(DKMS_DEB) $(@D)
	@touch $@

# --- Packages for machines of one's own ----------------------------------------

dkms-deb: $(DKMS_DEB) ## build/kvm-exit-counters-dkms_VERSION_all.deb: KVM's modules for Debian 12's kernels (VERSION=1.0)
	@echo "done: $(DKMS_DEB), try apt-get install ./$(DKMS_DEB)"

$(DKMS_DEB): $(wildcard kernel-patch/packages/dkms/*) $(shell find kernel-patch/src kernel-patch/hooks -type f) kernel-patch/apply | $(B)/packages-deb
	@kernel-patch/packages/dkms/build $(VERSION) $(@D) $(LINES:%=/usr/src/linux-source-%.tar.xz)

install: ## put the DKMS package on this machine, and load its modules, if no VM runs
	@kernel-patch/packages/install --check
	@$(MAKE) --no-print-directory $(DKMS_DEB)
	@kernel-patch/packages/install $(DKMS_DEB)

# Of linux-headers' programs Debian's policy wants no symbols.
deb: $(B)/packages-kernel-deb ## build/deb/linux-*.deb: a whole kernel with the counters, by CONFIG=/boot/config-VERSION (KERNEL_TARBALL, KERNEL_TREE: its source)
	@[ -r "$(CONFIG)" ] || { echo "error: can't read CONFIG=$(CONFIG), the configuration of the kernel" >&2; exit 1; }
	@rm -rf $(B)/deb && mkdir -p $(B)/deb
	@$(call unpack,$(B)/deb/linux)
	@kernel-patch/apply $(B)/deb/linux
	@kernel-patch/packages/kernel-config "$(CONFIG)" $(B)/deb/linux
	@harness/progress "building the kernel's packages" $(B)/deb.log \
		env DEBFULLNAME="$$(git config user.name)" DEBEMAIL="$$(git config user.email)" $(KBUILD) -C $(B)/deb/linux \
		KBUILD_BUILD_TIMESTAMP="$$(date -Rud $(KBUILD_BUILD_TIMESTAMP))" HOSTLDFLAGS=-s bindeb-pkg
	@rm -f $(B)/deb/linux-libc-dev_*
	@echo "done: try dpkg -i" $(B)/deb/linux-*.deb

# Of this project's small configuration, for the tests: one of Debian's takes hours
kernel-deb-test: $(B)/deb/.tested
$(B)/deb/.tested: $(KERNEL) kernel-patch/packages/kernel-config
	@$(MAKE) --no-print-directory deb CONFIG=$(B)/linux/.config
	@touch $@

# What the results are made of, for results/HOST/MANIFEST
$(B)/inputs.%: harness/hosts/% $(ROOT).cpio tool harness/inputs
	@harness/inputs $(KERNEL) $(MODULES) $(ROOT) $(GUESTS) $(call packages-of,$*) >$@
