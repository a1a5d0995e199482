# SPDX-License-Identifier: GPL-2.0
# Complaints of a kernel on its console

# The first line of a complaint
set console_headline {(?x)
    \yBUG:                        # a sanitizer, a lock, a sleep in atomic context
  | \yBUG\ at
  | \yWARNING:                    # WARN(), lockdep, RCU usage
  | \yINFO:                       # stalls, hung tasks, unclear lockdep reports
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

# Returns the headlines of the complaints in the text `console`, a list of lines
# without time stamps.  A stack without a headline counts as the line "Call Trace:".
# Lines that match one of the regular expressions in the list `forgive` are skipped.
proc console_complaints {console forgive} {
    global console_headline
    set complaints {}
    # Whether the next stack belongs to a headline
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
