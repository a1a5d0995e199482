/* SPDX-License-Identifier: GPL-2.0 */
#ifndef __KVM_X86_EXIT_DUMP_H
#define __KVM_X86_EXIT_DUMP_H

struct dentry;
struct kvm;
struct kvm_vcpu;

#ifdef CONFIG_KVM_EXIT_COUNTERS
int kvm_exit_dump_init(void);
void kvm_exit_dump_exit(void);
void kvm_exit_dump_create_vm_debugfs(struct kvm *kvm);
void kvm_exit_dump_create_vcpu_debugfs(struct kvm_vcpu *vcpu, struct dentry *dir);
#else
static inline int kvm_exit_dump_init(void) { return 0; }
static inline void kvm_exit_dump_exit(void) {}
static inline void kvm_exit_dump_create_vm_debugfs(struct kvm *kvm) {}
static inline void kvm_exit_dump_create_vcpu_debugfs(struct kvm_vcpu *vcpu,
						     struct dentry *dir) {}
#endif /* CONFIG_KVM_EXIT_COUNTERS */

#endif /* __KVM_X86_EXIT_DUMP_H */
