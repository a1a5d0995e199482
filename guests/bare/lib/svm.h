/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SVM as the AMD APM, volume 2, defines it: appendix B "Layout of VMCB", appendix C
 * "SVM Intercept Exit Codes".
 */
#ifndef SVM_H
#define SVM_H

#define SVM_READ_CR(n)		(0x00 + (n))
#define SVM_WRITE_CR(n)		(0x10 + (n))
#define SVM_READ_DR(n)		(0x20 + (n))
#define SVM_WRITE_DR(n)		(0x30 + (n))
#define SVM_EXCEPTION(vector)	(0x40 + (vector))
#define SVM_CR0_SEL_WRITE	0x65
#define SVM_READ_IDTR		0x66
#define SVM_READ_GDTR		0x67
#define SVM_READ_LDTR		0x68
#define SVM_READ_TR		0x69
#define SVM_WRITE_IDTR		0x6a
#define SVM_WRITE_GDTR		0x6b
#define SVM_WRITE_LDTR		0x6c
#define SVM_WRITE_TR		0x6d
#define SVM_RDTSC		0x6e
#define SVM_RDPMC		0x6f
#define SVM_PUSHF		0x70
#define SVM_POPF		0x71
#define SVM_RSM			0x73
#define SVM_IRET		0x74
#define SVM_SWINT		0x75
#define SVM_PAUSE		0x77
#define SVM_HLT			0x78
#define SVM_INVLPG		0x79
#define SVM_SHUTDOWN		0x7f
#define SVM_VMRUN		0x80
#define SVM_WBINVD		0x89
#define SVM_INVALID		0xffffffff
/* No exit code: the hypervisor of this L1 failed the VMRUN itself. */
#define SVM_REFUSED		0xfffffff0

#endif
