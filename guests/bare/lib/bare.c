// SPDX-License-Identifier: GPL-2.0
/*
 * Code that all bare guests share: read N, run the units, return the result.
 */
#include "bare.h"

/* Version 0 of the structure in the kernel's include/xen/interface/hvm/start_info.h. */
struct hvm_start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t nr_modules;
	uint64_t modlist_paddr;
	uint64_t cmdline_paddr;
	uint64_t rsdp_paddr;
};

/* The command line is one decimal number. Blanks around it are allowed. */
static int parse_n(const char *s, uint32_t *n)
{
	uint32_t digit;

	while (*s == ' ')
		s++;
	if (!*s)
		return GUEST_NO_N;
	*n = 0;
	do {
		digit = *s++ - '0';
		if (digit > 9)
			return GUEST_BAD_N;
		if (*n > (UINT32_MAX - digit) / 10)
			return GUEST_BAD_N;
		*n = *n * 10 + digit;
	} while (*s && *s != ' ');
	while (*s == ' ')
		s++;
	return *s ? GUEST_BAD_N : GUEST_OK;
}

/**
 * bare_main() - The first C code. Called by start.S.
 * @info: the structure that the PVH boot protocol passes in EBX.
 *
 * Return: one of the GUEST_ values.
 */
int bare_main(const struct hvm_start_info *info)
{
	uint32_t n;
	int end;

	if (!info->cmdline_paddr)
		return GUEST_NO_N;
	end = parse_n((const char *)(uint32_t)info->cmdline_paddr, &n);
	return end == GUEST_OK ? guest_run(n) : end;
}
