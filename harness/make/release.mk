# SPDX-License-Identifier: GPL-2.0
# Debian packages for real machines

# The kernel versions that have patches
LINES		:= $(notdir $(wildcard kernel-patch/patches/*))
PACKAGES	:= build/packages
DKMS_DEB	:= $(PACKAGES)/kvm-exit-counters-dkms_$(VERSION)_all.deb
READER_DEB	:= $(PACKAGES)/kvm-exits_$(VERSION)_$(shell dpkg --print-architecture).deb

.PHONY: build-deb
$(DKMS_DEB): $(shell find kernel-patch harness/kvm-exits -type f) | $(BUILD)/packages-packages
	@harness/bin/progress "building the Debian packages" $(BUILD)/packages.log \
		kernel-patch/packages/build $(VERSION) $(PACKAGES)

# HOSTLDFLAGS=-s: Debian's policy requires that the programs in linux-headers are stripped.
# A configuration of one's own may need all of the source.
build-deb: UNUSED :=
build-deb: $(BUILD)/packages-deb
	@[ -r "$(CONFIG)" ] || { echo "error: can't read CONFIG=$(CONFIG): set CONFIG to the configuration of a kernel" >&2; exit 1; }
	@rm -rf $(BUILD)/deb && mkdir -p $(BUILD)/deb
	@$(call unpack,$(BUILD)/deb/linux)
	@kernel-patch/apply $(BUILD)/deb/linux
	@kernel-patch/packages/kernel-config "$(CONFIG)" $(BUILD)/deb/linux
	@harness/bin/progress "building the kernel's packages" $(BUILD)/deb.log \
		env DEBFULLNAME="$$(git config user.name)" DEBEMAIL="$$(git config user.email)" $(KBUILD) -C $(BUILD)/deb/linux \
		KBUILD_BUILD_TIMESTAMP="$$(date -Rud $(KBUILD_BUILD_TIMESTAMP))" HOSTLDFLAGS=-s bindeb-pkg
	@rm -f $(BUILD)/deb/linux-libc-dev_*
	@echo "done; to install the packages, run dpkg -i" $(BUILD)/deb/linux-*.deb

# The tests use this project's small configuration: Debian's takes hours to build.
kernel-deb-test: $(BUILD)/deb/.tested
$(BUILD)/deb/.tested: $(BZIMAGE) kernel-patch/packages/kernel-config
	@$(MAKE) --no-print-directory deb CONFIG=$(BUILD)/linux/.config
	@touch $@

