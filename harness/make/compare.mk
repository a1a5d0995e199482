# SPDX-License-Identifier: GPL-2.0
# Comparisons of kernels

# Where the results of both sides go
SIDES	?= build/compare

# A side is a line of Debian's kernels, a folder with kernel source, a folder with results
# of an earlier run, or empty for the product's kernel.
results-in = $(wildcard $(1)/*/*/exits.csv)

# side-args NAME KERNEL: how to run experiments with KERNEL
side-args = $(if $(filter $(2),$(LINES)),KERNEL=$(2),$(if $(2),KERNEL_TREE=$(2) BUILD=build/compare-$(1))) \
	RESULTS=$(SIDES)/$(1)

# side NAME KERNEL: put the results of a side into $(SIDES)/NAME
side = $(if $(call results-in,$(2)),$(foreach host,$(HOST),mkdir -p $(SIDES)/$(1)/$(host) && \
	cp -r $(EXPERIMENT:%=$(2)/$(host)/%) $(SIDES)/$(1)/$(host) && ) :, \
	$(MAKE) --no-print-directory experiment EXPERIMENT="$(EXPERIMENT)" A= B= $(call side-args,$(1),$(2)))

.PHONY: compare-ok compare-sides
compare-ok: names-ok emulated-only
	@$(foreach side,A B,$(if $(filter-out $(LINES),$($(side))), \
		$(if $(call results-in,$($(side))), \
			for run in $(foreach host,$(HOST),$(EXPERIMENT:%=$(host)/%)); do \
				[ -f "$($(side))/$$run/exits.csv" ] || { echo "error: $(side)=$($(side)) has no results of $$run: set HOST and EXPERIMENT to those that it has" >&2; exit 2; }; \
			done;, \
			[ -f "$($(side))/Makefile" ] || \
			{ echo 'error: $(side)=$($(side)) is neither a line of kernels ($(LINES)), nor a kernel source tree, nor results' >&2; exit 2; };))) :
	@$(if $(BUDGET),[ -r "$(BUDGET)" ] || { echo "error: can't read BUDGET=$(BUDGET)" >&2; exit 2; })

compare-sides: compare-ok
	@rm -rf $(SIDES) && mkdir -p $(SIDES)
	@$(call side,A,$(A))
	@$(call side,B,$(B))

# run-line LINE: run experiments on hosts with the product's configuration of that
# version, built from Debian's source of it.  The guests are always the same.
KERNELS	:= build/kernels
run-line = mkdir -p $(KERNELS) && echo "Linux $(1)" && tarball=$$(harness/tests/debian/kernel-source $(1) $(KERNELS)/source) && \
	$(MAKE) --no-print-directory experiment EXPERIMENT="workloads bare" KERNEL_TREE= KERNEL_TARBALL=$$tarball \
		$(if $(filter linux-source-$(1).tar.xz,$(notdir $(PRODUCT_TARBALL))),,BUILD=$(KERNELS)/$(1)) RESULTS=$(KERNELS)/$(1)/results
