/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_COMPAT_H
#define __KVM_X86_EXIT_COMPAT_H

#include <linux/export.h>

/* Names of later kernels that the counters use */
#define EXPORT_SYMBOL_FOR_KVM_INTERNAL(symbol) EXPORT_SYMBOL_GPL(symbol)
#define virt_rebooting kvm_rebooting
#ifndef kzalloc_obj
#define kzalloc_obj(object, gfp) kzalloc(sizeof(object), gfp)
#endif

#endif /* __KVM_X86_EXIT_COMPAT_H */
