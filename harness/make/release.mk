# SPDX-License-Identifier: GPL-2.0
# Debian packages for machines of one's own

# The kernel versions that there are patches for
LINES		:= $(notdir $(wildcard kernel-patch/patches/*))
DKMS_DEB	:= build/kvm-exit-counters-dkms_$(VERSION)_all.deb

.PHONY: build-deb
$(DKMS_DEB): $(wildcard kernel-patch/packages/dkms/*) $(shell find kernel-patch/src kernel-patch/patches -type f) kernel-patch/apply | $(B)/packages-dkms-deb
	@kernel-patch/packages/dkms/build $(VERSION) $(@D) $(LINES:%=/usr/src/linux-source-%.tar.xz)

# Debian's policy wants the programs of linux-headers stripped.
build-deb: $(B)/packages-deb
	@[ -r "$(CONFIG)" ] || { echo "error: can't read CONFIG=$(CONFIG), the configuration of the kernel" >&2; exit 1; }
	@rm -rf $(B)/deb && mkdir -p $(B)/deb
	@$(call unpack,$(B)/deb/linux)
	@kernel-patch/apply $(B)/deb/linux
	@kernel-patch/packages/kernel-config "$(CONFIG)" $(B)/deb/linux
	@harness/bin/progress "building the kernel's packages" $(B)/deb.log \
		env DEBFULLNAME="$$(git config user.name)" DEBEMAIL="$$(git config user.email)" $(KBUILD) -C $(B)/deb/linux \
		KBUILD_BUILD_TIMESTAMP="$$(date -Rud $(KBUILD_BUILD_TIMESTAMP))" HOSTLDFLAGS=-s bindeb-pkg
	@rm -f $(B)/deb/linux-libc-dev_*
	@echo "done: try dpkg -i" $(B)/deb/linux-*.deb

# Of this project's small configuration, for the tests: one of Debian's takes hours
kernel-deb-test: $(B)/deb/.tested
$(B)/deb/.tested: $(KERNEL) kernel-patch/packages/kernel-config
	@$(MAKE) --no-print-directory deb CONFIG=$(B)/linux/.config
	@touch $@

