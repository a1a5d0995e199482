/* SPDX-License-Identifier: GPL-2.0 */
/* The command "kvm-exits top": what the running kernel's counters do now. */
#ifndef KVM_EXITS_TOP_H
#define KVM_EXITS_TOP_H

/* Run the command with its own options, from argv[1] on. Return the exit status. */
int top_main(int argc, char **argv);

#endif
