/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry by the PVH boot protocol: 32-bit protected mode, flat segments, no
 * paging, interrupts off, EBX = physical address of struct hvm_start_info.
 * The guest stays in that state: no descriptor table, no interrupt, no paging.
 * So only its own instructions make it exit.
 */
#define XEN_ELFNOTE_PHYS32_ENTRY	18
#define DEBUG_EXIT_PORT			0xf4	/* -device isa-debug-exit,iobase=0xf4,iosize=0x4 */

	.section .note.pvh, "a", @note
	.balign	4
	.long	4			/* size of the name */
	.long	4			/* size of the descriptor */
	.long	XEN_ELFNOTE_PHYS32_ENTRY
	.asciz	"Xen"
	.long	_start

	.section .text.start, "ax", @progbits
	.globl	_start
_start:
	/*
	 * The first access to a page exits. Touch each page of the image now, so
	 * that these exits do not depend on N.
	 */
	movl	$image_start, %eax
1:	orb	$0, (%eax)
	addl	$4096, %eax
	cmpl	$image_end, %eax
	jb	1b
	movl	$stack_top, %esp
	pushl	%ebx
	call	bare_main
	movw	$DEBUG_EXIT_PORT, %dx
	outl	%eax, %dx
	/*
	 * The device's write ends QEMU 7.2 at once. QEMU 10 ends some time later, and
	 * the guest must not exit in the meantime. Interrupts are enabled because on
	 * Bochs the host's interrupts cause no exit otherwise. No interrupt of the
	 * guest is pending.
	 */
	sti
1:	jmp	1b

	.section .bss
	.balign	16
	.skip	1024
stack_top:

	.section .note.GNU-stack, "", @progbits
