// SPDX-License-Identifier: GPL-2.0
/*
 * Descriptor tables and paging, for guests that take exceptions and interrupts,
 * or have an L2.
 */
#include "tables.h"

#define GATE_INTERRUPT32	0x8e00
#define GATE_ABSENT		0x0e00

#define CR0_PG			(1u << 31)
#define CR4_PSE			(1u << 4)
#define PAGE_4MIB		0x83	/* present, writable, large */

struct pointer {
	uint16_t limit;
	uint32_t base;
} __attribute__((packed));

/* In the order of the SELECTOR_ values */
static uint64_t gdt[] = {
	0,
	0x00cf9b000000ffff,	/* code, base 0, limit 4 GiB */
	0x00cf93000000ffff,	/* data, the same */
	0x000089000000ffff,	/* TSS, 32 bits, available, limit 64 KiB */
	0x000082000000ffff,	/* LDT */
	0x00cf13000000ffff,	/* data, not present */
	0x000089000000ffff,	/* another TSS */
};

static struct {
	uint16_t low;
	uint16_t selector;
	uint16_t type;
	uint16_t high;
} idt[NR_VECTORS];

/**
 * tables_load() - Load the GDT and IDT of this file.
 *
 * No vector has a handler: its gate is not present, so an exception leads to #NP,
 * #DF and a triple fault.
 */
void tables_load(void)
{
	const struct pointer gdtr = { sizeof(gdt) - 1, (uint32_t)gdt };
	const struct pointer idtr = { sizeof(idt) - 1, (uint32_t)idt };
	uint32_t i;

	for (i = 0; i < NR_VECTORS; i++)
		idt[i].type = GATE_ABSENT;

	asm volatile("lgdt %0\n\t"
		     "lidt %1\n\t"
		     "ljmp %2, $1f\n"
		     "1:\n\t"
		     "movl %3, %%eax\n\t"
		     "movl %%eax, %%ds\n\t"
		     "movl %%eax, %%es\n\t"
		     "movl %%eax, %%ss"
		     : : "m" (gdtr), "m" (idtr), "i" (SELECTOR_CODE), "i" (SELECTOR_DATA)
		     : "eax", "memory");
}

/**
 * tables_tell() - Get the addresses and limits of the tables.
 * @gdtr: set to the address of the GDT and the offset of its last byte.
 * @idtr: the same for the IDT.
 */
void tables_tell(struct table *gdtr, struct table *idtr)
{
	*gdtr = (struct table){ (uint32_t)gdt, sizeof(gdt) - 1 };
	*idtr = (struct table){ (uint32_t)idt, sizeof(idt) - 1 };
}

/**
 * tables_handle() - Set the handler of a vector.
 * @vector: from 0 to NR_VECTORS - 1.
 * @handler: address of the handler, which ends with IRET.
 */
void tables_handle(uint8_t vector, const char *handler)
{
	idt[vector].low = (uint32_t)handler;
	idt[vector].selector = SELECTOR_CODE;
	idt[vector].type = GATE_INTERRUPT32;
	idt[vector].high = (uint32_t)handler >> 16;
}

/**
 * paging_on() - Enable paging, with only the first 4 MiB mapped, one to one.
 */
void paging_on(void)
{
	PAGE_DIRECTORY[0] = PAGE_4MIB;
	write_cr3((uint32_t)PAGE_DIRECTORY);
	write_cr4(read_cr4() | CR4_PSE);
	write_cr0(read_cr0() | CR0_PG);
}
