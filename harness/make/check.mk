# SPDX-License-Identifier: GPL-2.0
# The tests, and the Debian root file systems that some of them boot

# The tests that are relevant on each debug kernel
TESTS_kcsan	:= at-once counts coverage faults busted vcpus times
TESTS_debug	:= $(TESTS_kcsan) survive key-taken
# The long tests, which run only with LONG=1
TESTS_long	:= boots dkms patches this
# The tests for HOST=this
TESTS_this	:= counts coverage this
# The tests for KERNEL=LINE, Debian's own kernels
TESTS_stock	:= counts coverage
# A test that prints nothing for so many seconds is killed and fails.
SILENCE		:= 1800

tests-named = $(sort $(patsubst %,harness/tests/%.t,$(1)))
TESTS_all	:= $(wildcard harness/tests/*.t)
ifneq ($(filter this,$(HOST)),)
TESTS		?= $(call tests-named,$(TESTS_this) $(TESTS_$(FLAVOUR)))
else ifneq ($(KERNEL),)
TESTS		?= $(call tests-named,$(TESTS_stock))
else ifneq ($(FLAVOUR),)
TESTS		?= $(call tests-named,$(TESTS_$(FLAVOUR)))
else ifeq ($(LONG),1)
TESTS		?= $(TESTS_all)
else
TESTS		?= $(filter-out $(call tests-named,$(TESTS_long)),$(TESTS_all))
endif

# Run as many tests in parallel as there are CPUs, the long ones first, and print test
# points as they arrive.
LONG_TESTS	:= $(patsubst %,harness/tests/%.t,boots patches coverage patch counts kvm-exits faults this busted metrics live bad-input \
		   packages/dkms packages/this packages/chroot)
long-first	= $(filter $(TESTS),$(LONG_TESTS)) $(filter-out $(LONG_TESTS),$(TESTS))
TAP		:= $(BUILD)/check/tap
tap-files	= $(patsubst %.t,%.tap,$(notdir $(TESTS)))
# Repeat the failed test points and their diagnostics, then print a summary.
sum-up	= cd $(TAP) && awk 'FNR == 1 || /^ok/ { show = 0 } /^not ok/ { show = 1; print FILENAME ":" } show' $(tap-files); \
	prove --exec cat $(tap-files)
run-each = printf '%s\n' $(2) | $(DIES_WITH_MAKE) xargs -r -P $(1) -n 1 \
	$(DIES_WITH_MAKE) harness/tests/run $(TAP) $(SILENCE)

# `make check` runs the tests; with DEBUG=1 it runs the relevant ones on each debug
# kernel.
ifeq ($(DEBUG),1)
CHECK		:= check-debug-kernels
else
CHECK		:= run-tests
endif
.PHONY: run-tests run-package-tests run-patch-tests run-bench check-debug-kernels debian debian-dkms debian13-dkms kernel-deb-test

# The other tests need the kernel that this project builds.
.PHONY: stock-tests-ok
stock-tests-ok: names-ok
	@$(if $(KERNEL),$(foreach name,$(filter-out $(call tests-named,$(TESTS_stock)),$(TESTS)), \
		echo 'error: $(name) does not run on Debian'"'"'s own kernel: use $(call tests-named,$(TESTS_stock)), or unset KERNEL' >&2; exit 2;)) :

# dkms.t needs a Debian root file system to install into, and metrics.t Prometheus.
run-tests: names-ok stock-tests-ok $(BUILD)/packages-check image tool $(if $(filter harness/tests/dkms.t,$(TESTS)),debian-dkms) \
		$(if $(filter harness/tests/metrics.t,$(TESTS)),$(PROMETHEUS)/.done)
	@$(call room,3000)
	@rm -rf $(TAP) && mkdir -p $(TAP)
	@export HOST="$(HOST)" RELOAD=$(RELOAD) FLAVOUR=$(FLAVOUR) KERNEL_LINE=$(KERNEL) LONG=$(LONG) BOOTS=$(BOOTS) KBUILD_ARGS='$(KBUILD_ARGS)'; \
	$(call run-each,$(if $(filter this,$(HOST)),1,$(JOBS)),$(long-first))
	@$(sum-up)

# This needs no host.
run-patch-tests: TESTS = harness/tests/patches.t
run-patch-tests: TAP = $(BUILD)/check/tap-patches
run-patch-tests: names-ok $(BUILD)/packages-check
	@rm -rf $(TAP) && mkdir -p $(TAP)
	@export KERNEL_LINE=$(KERNEL); $(call run-each,1,$(TESTS))
	@$(sum-up)

# `make bench` calls this with FLAVOUR=bench.
run-bench: $(BUILD)/packages-bench image
	@printf '%s\n' $(HOST) | HOST="$(HOST)" FLAVOUR=$(FLAVOUR) KBUILD_ARGS='$(KBUILD_ARGS)' \
		$(DIES_WITH_MAKE) xargs -P $(JOBS) -I HOST $(DIES_WITH_MAKE) harness/bench/run HOST $(RESULTS)
	@harness/bench/pages $(BUILD)/bench $(RESULTS)

check-debug-kernels: names-ok
	@status=0; for flavour in $(DEBUG_FLAVOURS); do \
		$(MAKE) --no-print-directory check DEBUG= FLAVOUR=$$flavour || status=1; \
	done; exit $$status

run-package-tests: TESTS = $(wildcard harness/tests/packages/*.t)
run-package-tests: TAP = $(BUILD)/check/tap-packages
run-package-tests: names-ok $(BUILD)/packages-check-packages image tool debian-dkms debian13-dkms kernel-deb-test
	@rm -rf $(TAP) && mkdir -p $(TAP)
	@export HOST="$(HOST)"; $(call run-each,$(JOBS),$(long-first))
	@$(sum-up)

# build/debian12/root and build/debian13/root are complete root file systems, for tests
# that install packages.  Hosts boot build/debian12/boot and build/debian13/boot.
debian: $(BUILD)/debian12/boot/root.cpio
debian-dkms: debian $(BUILD)/debian12/dkms/.done
debian13-dkms: $(BUILD)/debian13/boot/root.cpio $(BUILD)/debian13/dkms/.done

# Rebuild when this machine's Debian has a newer kernel: all releases get security
# updates at about the same time.
$(DEBIAN_ROOTS:%=$(BUILD)/%/wanted): $(BUILD)/%/wanted: $(BUILD)/packages-check force
	@mkdir -p $(@D); wanted="$(KERNELS_$*) $(BACKPORTS_$*) $(DEBIAN_PACKAGES) $$(apt-cache policy $(KERNELS_$*) | sed -n 's/.*Candidate: //p')"; \
	[ "$$(cat $@ 2>/dev/null)" = "$$wanted" ] || echo "$$wanted" >$@

$(DEBIAN_ROOTS:%=$(BUILD)/%/root.tar): $(BUILD)/%/root.tar: $(BUILD)/%/wanted harness/tests/debian/root harness/tests/debian/lean
	@harness/bin/progress "installing Debian with its kernels" $(BUILD)/$*.log harness/tests/debian/root $@ $(RELEASE_$*) "$(BACKPORTS_$*)" $(KERNELS_$*) $(DEBIAN_PACKAGES)

$(DEBIAN_ROOTS:%=$(BUILD)/%/root/.done): $(BUILD)/%/root/.done: $(BUILD)/%/root.tar
	@rm -rf $(@D) && mkdir -p $(@D) && tar -C $(@D) -xf $< && touch $@

$(DEBIAN_ROOTS:%=$(BUILD)/%/boot/root.cpio): $(BUILD)/%/boot/root.cpio: $(BUILD)/%/root/.done $(wildcard harness/tests/debian/* harness/common/* harness/target/*)
	@harness/tests/debian/boot-root $(BUILD)/$*/root $(BUILD)/$*/boot

# build/debian12/dkms has a copy of build/debian12/root with the DKMS package installed,
# and the modules that DKMS built.
$(DEBIAN_ROOTS:%=$(BUILD)/%/dkms/.done): $(BUILD)/%/dkms/.done: $(DKMS_DEB) $(BUILD)/%/root/.done $(addprefix harness/tests/debian/,dkms chroot source) $(wildcard harness/tests/debian/modules/*) | $(BUILD)/packages-sources
	@harness/bin/progress "building KVM with DKMS" $(BUILD)/$*-dkms.log harness/tests/debian/dkms $(BUILD)/$*/root $(DKMS_DEB) $(@D)
	@touch $@

