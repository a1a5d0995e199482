# SPDX-License-Identifier: GPL-2.0
# What a kernel complains of on its console.

# A line that says what is wrong
set console_headline {(?x)
    \yBUG:                        # a sanitizer, a lock, a sleep where it must not be
  | \yBUG\ at
  | \yWARNING:                    # WARN(), lockdep, use of RCU
  | \yINFO:                       # stalls, hung tasks, lockdep that can't tell
  | \yOops
  | Kernel\ panic
  | \y(KASAN|KCSAN|KFENCE|UBSAN|ODEBUG):
  | DEBUG_LOCKS_WARN_ON
  | turning\ off\ the\ locking\ correctness\ validator
  | \ylockup\y|\yLOCKUP\y
  | \ykthread\ (starved|timer\ wakeup)
  | ^list_(add|del)\ corruption
  | ^refcount_t:
  | unchecked\ MSR\ access
  | \ypage\ allocation\ failure
  | ^Out\ of\ memory
  | \ysegfault\ at
  | \ynobody\ cared
  | \yunreliable\y
}

# Lines of a kernel's console that say what it complains of, without time stamps;
# "Call Trace:" if it shows a stack and doesn't say why.  Lines that match one of
# the expressions in the list `forgive` are left out.
proc console_complaints {console forgive} {
    global console_headline
    set complaints {}
    # A headline's own stack follows it.
    set explained no
    foreach line [split [string map {\r ""} $console] \n] {
        regsub {^\[ *[0-9.]+\](\[ *[TC][0-9]+\])? ?} $line "" line
        if {[regexp -- $console_headline $line]} {
            set explained yes
        } elseif {[regexp {Call Trace:} $line] && !$explained} {
        } else {
            if {[regexp {</(TASK|IRQ)>|end trace} $line]} {
                set explained no
            }
            continue
        }
        set forgiven no
        foreach expression $forgive {
            if {[regexp -- $expression $line]} { set forgiven yes }
        }
        if {!$forgiven} { lappend complaints $line }
    }
    return $complaints
}
