# SPDX-License-Identifier: GPL-2.0
# Comparisons of kernels

# side-args NAME KERNEL: how to run experiments with KERNEL, which is a line of Debian's
# kernels, a folder with clean kernel source, or empty for the product's kernel.
side-args = $(if $(filter $(2),$(LINES)),KERNEL=$(2),$(if $(2),KERNEL_TREE=$(2) BUILD=build/compare-$(1))) \
	RESULTS=build/compare/$(1)

.PHONY: compare-sides
compare-sides: names-ok emulated-only
	@$(foreach side,A B,$(if $(filter-out $(LINES),$($(side))),[ -f "$($(side))/Makefile" ] || \
		{ echo 'error: $(side)=$($(side)) is neither a line of kernels ($(LINES)) nor a kernel source tree' >&2; exit 2; };)) :
	@$(if $(BUDGET),[ -r "$(BUDGET)" ] || { echo "error: can't read BUDGET=$(BUDGET)" >&2; exit 2; })
	@rm -rf build/compare && mkdir -p build/compare
	@$(MAKE) --no-print-directory experiment EXPERIMENT="$(EXPERIMENT)" A= B= $(call side-args,A,$(A))
	@$(MAKE) --no-print-directory experiment EXPERIMENT="$(EXPERIMENT)" A= B= $(call side-args,B,$(B))

# run-line LINE: run experiments on hosts with the product's configuration of that
# version, built from Debian's source of it.  The guests are always the same.
KERNELS	:= build/kernels
run-line = mkdir -p $(KERNELS) && echo "Linux $(1)" && tarball=$$(harness/tests/debian/kernel-source $(1) $(KERNELS)/source) && \
	$(MAKE) --no-print-directory experiment EXPERIMENT="workloads bare" KERNEL_TREE= KERNEL_TARBALL=$$tarball \
		$(if $(filter linux-source-$(1).tar.xz,$(notdir $(PRODUCT_TARBALL))),,BUILD=$(KERNELS)/$(1)) RESULTS=$(KERNELS)/$(1)/results
