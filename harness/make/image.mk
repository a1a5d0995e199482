# SPDX-License-Identifier: GPL-2.0
# The guests, kvm-exits, and the hosts' root file system

ROOT	:= $(BUILD)/image/root
# All flavours share these.
TOOL	:= build/kvm-exits/kvm-exits
GUESTS	:= build/guests

.PHONY: image tool
tool: | $(BUILD)/packages-experiment
	@$(MAKE) -s -C harness/kvm-exits O=$(CURDIR)/$(TOOL:%/kvm-exits=%)

image: $(ROOT).cpio

ifneq ($(filter-out $(BZIMAGE),$(GUEST_KERNEL)),)
$(GUEST_KERNEL): force
	@$(MAKE) --no-print-directory BUILD=build FLAVOUR= KERNEL= KERNEL_TREE= KERNEL_TARBALL=$(PRODUCT_TARBALL) kernel
endif

# Pack again when Linux guests are needed, and were not before.
$(BUILD)/guest-kernel: force
	@mkdir -p $(BUILD); [ -f $@ ] && [ "$$(cat $@)" = "$(GUEST_KERNEL)" ] || echo "$(GUEST_KERNEL)" >$@

$(ROOT).cpio: $(BZIMAGE) $(GUEST_KERNEL) $(BUILD)/guest-kernel $(shell find guests harness/image harness/common harness/target harness/experiments -type f)
	@echo "packing the hosts' root file system$(FLAVOUR:%= for the % kernel)$(KERNEL:%= for Debian's kernel %)"
	@$(MAKE) -s -C guests O=$(CURDIR)/$(GUESTS)
	@harness/image/pack $(ROOT) $(MODULES) "$(GUEST_KERNEL)" $(GUESTS)
	@harness/image/archive $(ROOT) $@

# The hosts of some experiments have another kernel, which their guests can have too.
VARIANT := $(if $(shell grep -ls '^kernel  *variant' $(EXPERIMENT:%=harness/experiments/%)),build/variant)
.PHONY: variant
variant: | $(BUILD)/packages-variant
	@$(MAKE) --no-print-directory BUILD=build/variant FLAVOUR=variant kernel
	@harness/image/variant build/variant/over build/variant/kernel/bzImage build/variant/kernel/modules

# The inputs of the results, for results/HOST/MANIFEST
$(BUILD)/inputs.%: harness/hosts/% $(ROOT).cpio tool harness/bin/inputs
	@harness/bin/inputs $(BZIMAGE) $(MODULES) $(ROOT) $(call packages-of,$*) >$@
