# SPDX-License-Identifier: GPL-2.0
# The Debian packages that each target needs, besides gcc, make and git.

# packages-of HOST...: the packages of their emulators
packages-of = $(foreach host,$(1),$(shell sed -n 's/^packages *//p' harness/hosts/$(host)))

# needs-of HOST...: the files that their emulators read, which must be readable
needs-of = $(foreach host,$(1),$(shell sed -n 's/^needs *//p' harness/hosts/$(host)))

# The Debian root file systems that tests boot: the release, its packages, and packages
# that are then installed from its backports
DEBIAN_ROOTS	:= debian12 debian13
RELEASE_debian12 := bookworm
RELEASE_debian13 := trixie
KERNELS_debian12 := linux-image-amd64 linux-image-6.12-amd64 linux-headers-amd64 linux-headers-6.12-amd64
KERNELS_debian13 := linux-image-amd64 linux-headers-amd64 linux-source-6.12
BACKPORTS_debian13 := linux-image-amd64 linux-headers-amd64 linux-source-7.3
# The source of Debian 12's kernels, of which tests install parts there
PACKAGES_sources := linux-source-6.1 linux-source-6.12
# The libraries of kvm-exits.  Hosts have no network to install them later.
READER_LIBRARIES := libjansson4 liblzma5 libncurses6 libtinfo6 libzstd1 zlib1g
DEBIAN_PACKAGES	:= dkms expect procps qemu-system-x86 tcl openssl $(READER_LIBRARIES)

PACKAGES_experiment := bc bison busybox-static ccache cpio expect flex kmod libc6-dev libelf-dev \
		   libjansson-dev liblzma-dev libncurses-dev libssl-dev libzstd-dev lz4 patch perl procps \
		   qemu-system-x86 tcl util-linux xz-utils zlib1g-dev $(call packages-of,$(filter $(HOSTS),$(HOST)))
ifeq ($(KERNEL_TREE)$(KERNEL),)
# The package of the default KERNEL_TARBALL
PACKAGES_experiment += $(if $(filter /usr/src/%,$(KERNEL_TARBALL)),linux-source-6.12)
endif

PACKAGES_variant := $(PACKAGES_experiment) ovmf

# kvmexit is in bpfcc-tools.
PACKAGES_bench	:= $(PACKAGES_experiment) bpfcc-tools bpftrace gnuplot-nox linux-perf python3-bpfcc trace-cmd

PACKAGES_check	:= $(PACKAGES_experiment)
ifneq ($(filter-out this,$(HOST)),)
PACKAGES_check	+= clang codespell jq libclang-rt-dev libcmocka-dev mmdebstrap shellcheck sparse valgrind
endif

PACKAGES_packages := debhelper dh-dkms dpkg-dev libc6-dev libjansson-dev liblzma-dev libncurses-dev libzstd-dev zlib1g-dev
PACKAGES_deb	:= $(PACKAGES_experiment) debhelper dpkg-dev rsync
PACKAGES_check-packages := $(PACKAGES_check) $(PACKAGES_deb) $(PACKAGES_packages) $(PACKAGES_sources) lintian

# A different HOST may need other packages.
$(BUILD)/hosts: force
	@mkdir -p $(BUILD); [ "$$(cat $@ 2>/dev/null)" = "$(HOST)" ] || echo "$(HOST)" >$@

# $(BUILD)/packages-TARGET: the packages of PACKAGES_TARGET are installed.
$(BUILD)/packages-%: Makefile harness/make/packages.mk $(BUILD)/hosts
	@harness/bin/packages $(BUILD)/apt.log $(sort $(PACKAGES_$*))
	@mkdir -p $(BUILD) && touch $@

# room MB: fail if the disk has less room.  A full disk would end the work anywhere.
room = free=$$(df --output=avail -BM $(CURDIR) | tail -n 1 | tr -dc 0-9); [ "$$free" -ge $(1) ] || \
	{ echo "error: the disk has $$free MB left, but $(1) MB are needed: free some, or move this folder" >&2; exit 1; }

# The emulators have all that they need.  The kernel, which takes long, depends on this.
$(BUILD)/emulators: $(BUILD)/packages-experiment $(wildcard harness/hosts/*) harness/image/firmware
	@$(call room,2000)
	@harness/image/firmware >/dev/null
	@for file in $(call needs-of,$(filter $(HOSTS),$(HOST))); do \
		[ -r "$$file" ] || { echo "error: can't read $$file, which the emulator of HOST=\"$(HOST)\" needs: install the package that contains it" >&2; exit 1; }; \
	done

# The programs of metrics.t.  Debian's packages start services when they are installed,
# so unpack them instead.  Since Debian 13, promtool is in a package of its own.
PROMETHEUS	:= build/prometheus
$(PROMETHEUS)/.done: harness/make/packages.mk | $(BUILD)/packages-check
	@echo "downloading Prometheus and node_exporter"
	@rm -rf $(@D) && mkdir -p $(@D)
	@cd $(@D) && download() { apt-get -q download prometheus prometheus-node-exporter $$(apt-cache pkgnames promtool); } && \
		{ download || { apt-get -q update && download; }; } >apt.log 2>&1 || \
		{ tail -5 apt.log >&2; echo "error: apt-get failed; the full log is $(@D)/apt.log" >&2; exit 1; }
	@cd $(@D) && for package in *.deb; do dpkg -x $$package . && rm $$package; done
	@touch $@
