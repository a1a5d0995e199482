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

# run-line LINE TIMING FOLDER: run experiments on hosts with Debian's kernel of that line
KERNEL_RUNS := build/kernels
KERNEL_EXPERIMENTS = $(if $(filter command environment override,$(origin EXPERIMENT)),$(EXPERIMENT),single bare)
run-line = $(MAKE) --no-print-directory experiment EXPERIMENT="$(KERNEL_EXPERIMENTS)" KERNEL=$(1) TIMING=$(2) RESULTS=$(KERNEL_RUNS)/$(3)

# The lines that make kernels compares: those that this machine's apt sources have, and
# those that are built.
KERNEL_LINES = $(eval KERNEL_LINES := $(or $(KERNELS),$(sort $(shell harness/image/stock) \
	$(patsubst build/%/kernel/bzImage,%,$(wildcard $(LINES:%=build/%/kernel/bzImage))))))$(KERNEL_LINES)

# run-lines LINE...: run them on each of the lines, and on one also with other timing, to
# find the rows that depend on it.  Build all kernels first, in case one can't be built.
TIMED	= $(or $(filter 6.12,$(1)),$(lastword $(1)))
run-lines = $(foreach line,$(1),$(MAKE) --no-print-directory kernel KERNEL=$(line) && ) \
	rm -rf $(KERNEL_RUNS) $(foreach line,$(1),&& $(call run-line,$(line),1,$(line))) \
	$(foreach timing,2 3,&& $(call run-line,$(TIMED),$(timing),$(TIMED)-$(timing)))
