/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TABLES_H
#define TABLES_H

#include "bare.h"

#define SELECTOR_CODE		0x08
#define SELECTOR_DATA		0x10
#define SELECTOR_TSS		0x18
#define SELECTOR_LDT		0x20
#define SELECTOR_ABSENT		0x28
#define SELECTOR_TSS2		0x30

/* A selector as a number in the text of CODE() */
#define SELECTOR_TEXT(number)	#number
#define SELECTOR(name)		SELECTOR_TEXT(name)

/* Vectors that can have a handler: the exceptions and a few for interrupts */
#define NR_VECTORS		0x24

/* Memory for guests that need pages. The first page is the page directory. */
#define MEMORY			0x200000
#define PAGE_DIRECTORY		((uint32_t *)MEMORY)

struct table {
	uint32_t base;
	uint32_t limit;
};

void tables_load(void);
void tables_tell(struct table *gdtr, struct table *idtr);
void tables_handle(uint8_t vector, const char *handler);
void paging_on(void);

/* Define a symbol with machine code. */
#define CODE(name, text) \
	asm(".pushsection .text\n" #name ":\n\t" text "\n.popsection"); \
	extern const char name[]

#endif
