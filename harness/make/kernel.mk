# SPDX-License-Identifier: GPL-2.0
# The patched kernel of the hosts and of the Linux guests

# A flavour adds a fragment of kernel-patch/config and has its own build folder.
BZIMAGE	:= $(BUILD)/kernel/bzImage
MODULES	:= $(BUILD)/kernel/modules
# Linux guests always boot the product's kernel without a flavour.  Experiments with only
# bare guests on Debian's kernel need none.
ifneq ($(if $(KERNEL),$(shell grep -ls ' linux/' $(EXPERIMENT:%=harness/experiments/%)),all),)
GUEST_KERNEL := build/kernel/bzImage
endif

# Make the build reproducible: the same bytes in any folder and at any time.
export KBUILD_BUILD_TIMESTAMP	:= @1767225600
export KBUILD_BUILD_USER	:= kvm-exits
export KBUILD_BUILD_HOST	:= kvm-exits
export KBUILD_BUILD_VERSION	:= 1
export CCACHE_BASEDIR		:= $(CURDIR)
export CCACHE_NOHASHDIR		:= 1

# Instrument only the counters for KCSAN; races elsewhere would drown theirs.  Locks
# are instrumented so that KCSAN sees their barriers.
KBUILD_kcsan	:= KCSAN_SANITIZE=n $(patsubst %,KCSAN_SANITIZE_exit_%.o=y,counters dump times vms) \
		   KCSAN_INSTRUMENT_BARRIERS_spinlock.o=y KCSAN_INSTRUMENT_BARRIERS_mutex.o=y
KBUILD_ARGS	:= -j$(JOBS) "CC=ccache gcc" "HOSTCC=ccache gcc" $(KBUILD_$(FLAVOUR))
KBUILD	:= $(MAKE) $(KBUILD_ARGS)

# Depend only on this version's patches.
PATCHES	:= $(wildcard kernel-patch/patches/$(patsubst linux-source-%.tar.xz,%,$(notdir $(KERNEL_TARBALL))))
PATCH	:= $(shell find kernel-patch/src $(if $(KERNEL_TREE),kernel-patch/patches,$(or $(PATCHES),kernel-patch/patches)) -type f) kernel-patch/apply
CONFIGS	:= $(patsubst %,kernel-patch/config/%.config,host guest $(FLAVOUR))

# Sources that no configuration here builds: a third of the files and half the bytes.
# 7.3's selftests need headers of drivers/net/ethernet, and a guest Intel's e1000.
UNUSED	:= $(foreach folder,drivers/gpu/drm drivers/infiniband drivers/media \
	     drivers/net/wireless drivers/staging sound,--exclude='*/$(folder)/*.[ch]') \
	   --exclude='*/drivers/net/ethernet/[!i]*/*.c'

# unpack FOLDER: put clean kernel source into the new folder FOLDER.
define unpack
if [ -n "$(KERNEL_TREE)" ]; then \
	[ -f "$(KERNEL_TREE)/Makefile" ] || { echo "error: KERNEL_TREE=$(KERNEL_TREE) is not a kernel source tree: it has no Makefile" >&2; exit 1; }; \
	echo "copying $(KERNEL_TREE)"; \
	rm -rf $(1) && mkdir -p $(1) && tar -C "$(KERNEL_TREE)" --exclude=./.git $(UNUSED) -cf - . | tar -C $(1) -xf -; \
else \
	[ -r "$(KERNEL_TARBALL)" ] || { echo "error: can't read KERNEL_TARBALL=$(KERNEL_TARBALL): set KERNEL_TARBALL or KERNEL_TREE to kernel source" >&2; exit 1; }; \
	echo "unpacking $(KERNEL_TARBALL)"; \
	rm -rf $(1) && mkdir -p $(1) && tar -xf "$(KERNEL_TARBALL)" -C $(1) --strip-components=1 $(UNUSED); \
fi
endef

# build/clean: an unpatched kernel tree, which no target may change
.PHONY: clean-tree
clean-tree: $(BUILD)/packages-experiment
	@if [ -n "$(KERNEL_TREE)" ] || [ "$$(cat $(BUILD)/clean/.source 2>/dev/null)" != "$(SOURCE)" ]; then \
		$(call unpack,$(BUILD)/clean) && \
		echo "$(SOURCE)" >$(BUILD)/clean/.source; \
	fi

# Rebuild when the kernel source changes, also a file of KERNEL_TREE.  Of the same tree,
# only what depends on changed files is compiled again.
SOURCE	:= $(if $(KERNEL_TREE),KERNEL_TREE=$(KERNEL_TREE),KERNEL_TARBALL=$(KERNEL_TARBALL))
.PHONY: force
$(BUILD)/source: force
	@$(if $(KERNEL_TREE),[ -f "$(KERNEL_TREE)/Makefile" ] || { echo "error: KERNEL_TREE=$(KERNEL_TREE) is not a kernel source tree: it has no Makefile" >&2; exit 1; })
	@mkdir -p $(BUILD); [ "$$(cat $@ 2>/dev/null)" = "$(SOURCE)" ]$(if $(KERNEL_TREE), && \
	[ -z "$$(find -H "$(KERNEL_TREE)" -name .git -prune -o -type f -newer $@ -print -quit)" ]) || echo "$(SOURCE)" >$@

$(BUILD)/linux/.config: $(BUILD)/source $(PATCH) $(CONFIGS) | $(BUILD)/emulators
	@$(if $(KERNEL_TREE),,rm -rf $(BUILD)/linux)
	@$(call unpack,$(BUILD)/linux.new)
	@kernel-patch/apply $(BUILD)/linux.new
	@kernel-patch/refresh $(BUILD)/linux.new $(BUILD)/linux
	@$(KBUILD) -C $(BUILD)/linux tinyconfig >/dev/null
	@cd $(BUILD)/linux && scripts/kconfig/merge_config.sh -m .config $(CONFIGS:%=$(CURDIR)/%) >/dev/null
	@$(KBUILD) -C $(BUILD)/linux olddefconfig >/dev/null
	@kernel-patch/configured $@ $(CONFIGS)
	@touch $@

ifneq ($(KERNEL),)
$(BZIMAGE): $(shell find kernel-patch/src $(wildcard kernel-patch/patches/$(KERNEL)) -type f) kernel-patch/apply kernel-patch/modules harness/image/stock | $(BUILD)/emulators
	@harness/bin/progress -n 100 "building KVM's modules for Debian's kernel $(KERNEL)" $(BUILD)/kernel.log harness/image/stock $(KERNEL) $(@D)
	@touch $@
else
# A dry run counts the steps.
$(BZIMAGE): $(BUILD)/linux/.config
	@harness/bin/progress "preparing to build the $(FLAVOUR:%=% )kernel" $(BUILD)/kernel.log $(KBUILD) -C $(BUILD)/linux prepare modules_prepare
	@steps=$$($(KBUILD) -n -k -C $(BUILD)/linux bzImage modules 2>/dev/null | grep -c "echo '  [A-Z]"); \
	harness/bin/progress -n $$steps "building the $(FLAVOUR:%=% )kernel" $(BUILD)/kernel.log $(KBUILD) -C $(BUILD)/linux bzImage modules
	@rm -rf $(BUILD)/kernel && mkdir -p $(MODULES) $(BUILD)/kernel/guest-modules
	@find $(BUILD)/linux/arch/x86/kvm $(BUILD)/linux/virt -name '*.ko' -exec cp {} $(MODULES) \;
	@find $(BUILD)/linux -name '*.ko' -exec cp {} $(BUILD)/kernel/guest-modules \;
	@cp $(BUILD)/linux/arch/x86/boot/bzImage $@
endif

