/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_DUMP_H
#define __KVM_X86_EXIT_DUMP_H

#ifdef CONFIG_KVM_EXIT_COUNTERS
int kvm_exit_dump_init(void);
void kvm_exit_dump_exit(void);
#else
static inline int kvm_exit_dump_init(void) { return 0; }
static inline void kvm_exit_dump_exit(void) {}
#endif /* CONFIG_KVM_EXIT_COUNTERS */

#endif /* __KVM_X86_EXIT_DUMP_H */
