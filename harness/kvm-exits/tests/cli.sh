#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test the whole program: which dumps it accepts and refuses, and what it prints. "make
# check" runs this. $KVM_EXITS is the command to test. Prints TAP.
set -u
: "${KVM_EXITS:?the command to test}"

data=$(dirname "$0")/data
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
n=0

ok() {
	n=$((n + 1))
	echo "ok $n - $1"
}

not_ok() {
	n=$((n + 1))
	echo "not ok $n - $1"
	sed 's/^/# /' "$tmp/out" "$tmp/err"
}

# run STATUS NAME ARG... - run with ARGs and check the exit status; bad usage must print
# an error and a hint on stderr and nothing on stdout; all messages have one prefix
run() {
	want=$1 name=$2
	shift 2
	$KVM_EXITS "$@" >"$tmp/out" 2>"$tmp/err"
	got=$?
	if [ $got -ne "$want" ]; then
		not_ok "$name: exit status $got, not $want"
	elif [ $got -eq 2 ] && { [ -s "$tmp/out" ] || [ "$(wc -l <"$tmp/err")" -lt 2 ] ||
	     ! tail -n 1 "$tmp/err" | grep -q "^kvm-exits: try 'kvm-exits help\( [a-z]*\)\?'\$"; }; then
		not_ok "$name: bad usage prints an error and a hint on stderr and nothing on stdout"
	elif grep -qv '^kvm-exits: ' "$tmp/err"; then
		not_ok "$name: a message does not begin with 'kvm-exits: '"
	else
		ok "$name"
	fi
}

# err TEXT, out TEXT - the last run printed TEXT on stderr or stdout
err() {
	if grep -qF -- "$1" "$tmp/err"; then ok "... prints: $1"; else not_ok "does not print: $1"; fi
}

out() {
	if grep -qF -- "$1" "$tmp/out"; then ok "... prints: $1"; else not_ok "does not print: $1"; fi
}

silent() {
	if [ ! -s "$tmp/$1" ]; then ok "... nothing on std$1"; else not_ok "std$1 is not empty"; fi
}

# printed - the last run printed exactly the text on standard input
printed() {
	cat >"$tmp/want"
	if cmp -s "$tmp/want" "$tmp/out"; then
		ok "... prints exactly the expected text"
	else
		not_ok "does not print the expected text"
		diff "$tmp/want" "$tmp/out" | sed 's/^/# /'
	fi
}

steps=$data/good-dmesg-steps.log
console=$data/good-console-crlf.log
reload=$data/good-journal-reload.log
vmx=$data/good-vmx-steps.log
svm=$data/good-svm-steps.log
vmx_l2=$data/good-vmx-l2.log
svm_l2=$data/good-svm-l2.log

# samples

for log in "$data"/*.log; do
	case $log in
	*/bad-*)
		run 1 "list ${log##*/}" list "$log"
		;;
	*)
		run 0 "list ${log##*/}" list "$log"
		silent err
		;;
	esac
done

# usage

run 2 "no command"
err "no command given"
run 2 "unknown command" nonsense
err "unknown command 'nonsense'"
err "try 'kvm-exits help'"
for word in dfif dff difff DIFF; do
	run 2 "misspelt command $word" $word
	err "unknown command '$word': did you mean 'diff'?"
done
run 2 "help of a misspelt command" help stpes
err "did you mean 'steps'?"
run 2 "unknown option" list --nonsense
err "unrecognized option '--nonsense'"
err "try 'kvm-exits help list'"
run 2 "unknown letter" table -x
err "invalid option -- 'x'"
err "try 'kvm-exits help table'"
run 2 "option without its argument" table --dump
err "option '--dump' requires an argument"
run 2 "option of another command" list --dump 1
err "unrecognized option '--dump'"
run 2 "option before the command" --format csv table
err "options of a command come after its name"
run 0 "options after files" table "$steps" --format csv
cp "$tmp/out" "$tmp/csv"
POSIXLY_CORRECT=1 run 0 "options after files, POSIXLY_CORRECT" table "$steps" --format csv
printed <"$tmp/csv"
run 1 "no options after --" table -- "$steps" --format
err "cannot open --format"
run 2 "sort of a list" list --sort code
run 2 "bad format" list --format xml
err "--format must be text, markdown, csv, json or html, not 'xml'"
run 2 "bad sort" table --sort name
for number in 0 -1 x 1x '' 99999999999999999999; do
	run 2 "top '$number'" table --top "$number"
done
for number in '' x -1 1. .1 1.2.3; do
	run 2 "dump '$number'" table --dump "$number"
done
run 2 "three files in diff" diff a b c
run 2 "standard input twice" table - -

# help

run 0 "overview" --help
out "Usage: kvm-exits COMMAND"
cp "$tmp/out" "$tmp/overview"
if [ "$(wc -l <"$tmp/out")" -le 24 ] && ! grep -q '.\{81\}' "$tmp/out"; then
	ok "... fits on a screen of 80 columns and 24 lines"
else
	not_ok "does not fit on a screen"
fi
run 0 "help without a command" help
printed <"$tmp/overview"
run 2 "help of two commands" help list table
commands=$(sed -n 's/^  \([a-z]\{3,\}\)  *[a-z].*/\1/p' "$tmp/overview")
if [ "$(echo "$commands" | wc -l)" -ge 7 ]; then ok "... lists commands"; else not_ok "lists no commands"; fi
for command in $commands; do
	run 0 "help $command" help "$command"
	out "Usage: kvm-exits $command"
	cp "$tmp/out" "$tmp/help"
	run 0 "$command --help" "$command" --help
	printed <"$tmp/help"
	sed -n "s/^  -\([^h]\), --\([a-z-]* \{0,1\}[A-Z]*\).*/$command \1 \2/p" "$tmp/help" |
		sed 's/ *$//' >>"$tmp/options"
done
sed -n 's/^\.Ss \([a-z]*\)$/\1/p' "$(dirname "$0")/../kvm-exits.1" >"$tmp/out"
if [ "$commands" = "$(cat "$tmp/out")" ]; then
	ok "the man page has the commands of --help"
else
	not_ok "the man page has other commands than --help: $commands"
fi
awk '/^\.Ss / { command = $2 } /^\.It Fl . , Fl Fl / { print command, $3, $7 ($8 == "Ar" ? " " $9 : "") }' \
	"$(dirname "$0")/../kvm-exits.1" >"$tmp/out"
if [ "$(wc -l <"$tmp/out")" -gt 20 ] && cmp -s "$tmp/options" "$tmp/out"; then
	ok "the man page has the options of each command"
else
	not_ok "the man page has other options than the help texts"
	diff "$tmp/options" "$tmp/out" | sed 's/^/# /'
fi
# completed WORD... - what bash completes the last WORD to, in one line
completed() {
	KVM_EXITS=$KVM_EXITS bash -c '
		kvm-exits() { $KVM_EXITS "$@"; }
		. "$0"
		COMP_WORDS=(kvm-exits "$@") COMP_CWORD=$#
		_kvm_exits
		echo $(printf "%s\n" "${COMPREPLY[@]}" | sort)' "$completion" "$@"
}

# completes EXPECTED WORD... - bash completes the last WORD to EXPECTED
completes() {
	expected=$1
	shift
	completed "$@" >"$tmp/out"
	echo "$expected" >"$tmp/want"
	if cmp -s "$tmp/want" "$tmp/out"; then
		ok "bash completes: $*"
	else
		not_ok "bash completes: $*: expected $expected"
	fi
}

completion=$(dirname "$0")/../kvm-exits.bash-completion
: >"$tmp/err"
if command -v bash >/dev/null; then
	for command in $commands; do
		completes "$( (sed -n "s/^$command . \([a-z-]*\).*/--\1/p" "$tmp/options"; echo --help) | sort | paste -sd " " -)" \
			"$command" --
	done
	completes "$(echo "$commands" | sort | paste -sd " " -)" ""
	completes "$(echo "$commands" | sort | paste -sd " " -)" help ""
	completes "steps" st
	completes "--help --version" --
	completes "csv html json markdown text" table --format ""
	completes "csv html json markdown text" steps log -F ""
	completes "code count" table --sort ""
	completes "code time" times log --sort ""
	completes "" table --dump ""
	completes "" table ""
else
	ok "completion # SKIP no bash"
fi

if ! command -v man >/dev/null; then
	ok "man has no warnings # SKIP no man"
elif [ -z "$(man --warnings -E UTF-8 -l -Tutf8 -Z "$(dirname "$0")/../kvm-exits.1" 2>&1 >/dev/null)" ]; then
	ok "man has no warnings"
else
	not_ok "man has warnings"
fi
run 0 "version" --version

# explain

run 0 "explain a name of both vendors" explain hlt
out "vmx 12 HLT"
out "svm 0x078 hlt (VMEXIT_HLT)"
run 0 "explain a name with its vendor, in another case" explain svm:HLT
if [ "$(grep -c '^[vs][mv][xm] ' "$tmp/out")" -eq 1 ]; then ok "... one reason"; else not_ok "not one reason"; fi
for field in What Manual Cause Handled "If high" "On 6.1" "On 7.3" "On Intel" Normal; do
	if grep -q "^$field  *[^ ]" "$tmp/out"; then ok "... has $field"; else not_ok "has no $field"; fi
done
if ! grep -v ' x ' "$tmp/out" | grep -q '.\{81\}'; then ok "... fits in 80 columns"; else not_ok "is too wide"; fi
out "HLT"
# its row of normal.csv
idle=$(sed -n 's/^svm,idle,.*,0x078,hlt,//p' "$(dirname "$0")/../explain/normal.csv")
if grep -q "^ *idle  *$idle  " "$tmp/out"; then ok "... has the exits of idle"; else not_ok "has other exits of idle"; fi
run 0 "explain several codes" explain 10 0x72 vmx:0xc svm:-1
for head in "vmx 10 CPUID" "svm 0x072 cpuid" "vmx 12 HLT" "svm -1 invalid_guest_state"; do
	out "$head"
done
run 0 "explain a kind" explain "port I/O"
out "IO_INSTRUCTION"
out "svm 0x07b io"
run 0 "explain a reason that no workload causes" explain INIT_SIGNAL
out "Normal    No workload"
run 0 "explain in markdown" explain --format markdown vmx:cpuid
out "## vmx 10 CPUID"
out "**Handled:** In the kernel, in kvm_emulate_cpuid()"
out "| cpuid |"
run 0 "explain in JSON" explain --format json vmx:cpuid
if [ "$(sed -n '1p;$p' "$tmp/out" | tr -d '\n')" = "[]" ]; then ok "... an array"; else not_ok "is no array"; fi
for member in '"isa": "vmx"' '"code": "10"' '"reason": "CPUID"' '"6.1": null' '"step": "cpuid"' '      "cpuid"'; do
	out "$member"
done
run 0 "list all reasons" explain --list
out "invalid_guest_state"
out "EPT violation"
if ! grep -q '.\{121\}' "$tmp/out"; then ok "... in lines that are not too long"; else not_ok "too wide"; fi
run 0 "the most frequent reasons" explain --top 2 "$steps"
if [ "$(grep '^[vs][mv][xm] ' "$tmp/out" | sed 's/ (.*)//')" = "$($KVM_EXITS table --sort count "$steps" |
	awk '$1 ~ /^(0x|[0-9])/ && n++ < 2 { print "'"$(sed -n 's/.* isa=\([a-z]*\) .*/\1/p' "$steps" | tail -n 1)"' " $1 " " $2 ": " $3 " exits, " $NF }')" ]; then
	ok "... are those of the table, with their shares"
else
	not_ok "other reasons than in the table"
fi
run 0 "the most frequent reason of no exits" explain --top 1 "$data/good-no-exits.log"
out "has no exits"
run 0 "the most frequent reason of the last complete dump" explain --top 1 "$data/bad-lost-line.log"
err "warning: $data/bad-lost-line.log:13: dump 2 is damaged"
run 1 "the most frequent reason in a damaged dump" explain --top 1 "$data/bad-format-1.log"
err "is damaged"
run 2 "a misspelt reason" explain cpiud
err "did you mean 'CPUID'?"
run 2 "an unknown reason" explain "nothing like it"
err "use --list to see all"
run 2 "no reason" explain
run 2 "a list with a reason" explain --list cpuid
run 2 "explain as CSV" explain --format csv cpuid

# the running kernel

run 2 "top of a file" top "$steps"
run 2 "top: a count without --batch" top --count 1
for interval in 0 0.09 3601 -1 1x '' 1e1 inf; do
	run 2 "top: interval '$interval'" top --interval "$interval"
done
for count in 0 -1 x '' 99999999999999999999; do
	run 2 "top: count '$count'" top --batch --count "$count"
done
run 2 "top: bad format" top --batch --format json
run 2 "top: bad rows" top --by cpu
run 2 "top: bad order" top --order name
run 2 "top: bad expression" top --filter '('
err "Unmatched ("
run 1 "top without debugfs" top --debugfs "$tmp/none/kvm"
err "debugfs is not mounted: no folder $tmp/none/kvm: run mount -t debugfs debugfs $tmp/none"
mkdir "$tmp/kvm"
run 1 "top without counters" top --debugfs "$tmp/kvm"
err "this KVM has no exit counters: no file exit_counters in $tmp/kvm"
cp "$data/good-live.log" "$tmp/kvm/exit_counters"
run 1 "top: several dumps in a file" top --debugfs "$tmp/kvm"
sed -n '/^kvm_exits: 0 begin/,/^kvm_exits: 0 end/p; /^kvm_exits: 0 end/q' "$data/good-live.log" >"$tmp/kvm/exit_counters"
run 1 "top by time without times" top --batch --order time --debugfs "$tmp/kvm"
err "exit times are off: run echo 1 > /sys/module/kvm/parameters/exit_times"
run 1 "top without a terminal" top --debugfs "$tmp/kvm" </dev/null
err "top needs a terminal for its screen: use --batch to print tables"
run 0 "top: two tables" top --batch --count 2 --interval 0.1 --debugfs "$tmp/kvm"
printed <<'END'
host web1, svm, VMs: 1, up 6.000 s: 0 exits in 0.000 s

 code  reason                       total   per second    share
0x060  interrupt                      110          0.0
0x072  cpuid                           25          0.0
       total                          135          0.0

host web1, svm, VMs: 1, up 6.000 s: 0 exits in 0.000 s

 code  reason                       total   per second    share
0x060  interrupt                      110          0.0
0x072  cpuid                           25          0.0
       total                          135          0.0
END
run 0 "top: two tables as CSV" top --batch --count 2 --interval 0.1 --format csv --filter 'c.u' --debugfs "$tmp/kvm"
printed <<'END'
uptime,seconds,code,reason,total,per_second,share
6.000,0.000,0x072,cpuid,25,0.0,
6.000,0.000,0x072,cpuid,25,0.0,
END

run 2 "inside without a reason" inside
run 2 "inside: two reasons" inside io msr
for seconds in 0 0.09 86401 -1 1x ''; do
	run 2 "inside: seconds '$seconds'" inside --seconds "$seconds" io
done
run 2 "inside: top 0" inside --top 0 io
run 2 "inside: bad format" inside --format xml io
run 1 "inside without debugfs" inside --debugfs "$tmp/none/kvm" io
err "debugfs is not mounted"
run 1 "inside without a list of reasons" inside --debugfs "$tmp/kvm" io
err "cannot read $tmp/kvm/exit_reasons"
printf '%s\n' "120 0x078 hlt" "123 0x07b io" "199 -1 err" >"$tmp/kvm/exit_reasons"
for reason in rdmsr 0x79 12 -2; do
	run 1 "inside: no reason '$reason'" inside --debugfs "$tmp/kvm" -- "$reason"
	err "no exit reason '$reason' of svm: $tmp/kvm/exit_reasons lists them"
done
for reason in hlt HLT 0x78 0x078 120; do
	run 1 "inside $reason" inside --debugfs "$tmp/kvm" "$reason"
	err "there is nothing inside hlt exits that a tracepoint of KVM records"
done
run 1 "inside -1" inside --debugfs "$tmp/kvm" -- -1
err "there is nothing inside err exits"
run 1 "inside without tracefs" inside --debugfs "$tmp/kvm" --tracefs "$tmp/tracing" io
err "tracefs is not mounted: no folder $tmp/tracing/events: run mount -t tracefs tracefs $tmp/tracing"
mkdir -p "$tmp/tracing/events/kvm" "$tmp/tracing/instances"
run 1 "inside without the tracepoint" inside --debugfs "$tmp/kvm" --tracefs "$tmp/tracing" io
err "this kernel has no tracepoint kvm:kvm_pio"
mkdir "$tmp/tracing/events/kvm/kvm_pio"
run 1 "inside without histograms" inside --debugfs "$tmp/kvm" --tracefs "$tmp/tracing" io
err "this kernel has no histograms of tracepoints: no file $tmp/tracing/events/kvm/kvm_pio/hist: it needs CONFIG_HIST_TRIGGERS=y"
# mkdir in a folder that is no tracefs makes an empty folder
: >"$tmp/tracing/events/kvm/kvm_pio/hist"
run 1 "inside: a trigger that cannot be written" inside --debugfs "$tmp/kvm" --tracefs "$tmp/tracing" io
err "cannot write 'hist:keys=common_pid,port,rw:size=4096' to $tmp/tracing/instances/kvm-exits-"
if rmdir "$tmp/tracing/instances" 2>/dev/null; then
	ok "... and no instance remains"
else
	not_ok "the instance remains"
fi

# reading and writing

run 1 "no such file" table "$tmp/none"
err "cannot open"
run 1 "a directory" table "$tmp"
err "cannot read"
: >"$tmp/empty"
for command in list table diff steps; do
	run 1 "$command of an empty log" "$command" "$tmp/empty"
	err "no dump of VM-exit counters in $tmp/empty"
	silent out
done
if [ -c /dev/full ]; then
	for format in text markdown csv json html; do
		if $KVM_EXITS table -F $format "$steps" >/dev/full 2>"$tmp/err"; then
			not_ok "$format to a full device"
		else
			ok "$format to a full device"
			err "cannot write"
		fi
	done
	if $KVM_EXITS --help >/dev/full 2>"$tmp/err"; then
		not_ok "help to a full device"
	else
		ok "help to a full device"
	fi
else
	ok "a full device # SKIP no /dev/full"
fi
for file in '' -; do
	# shellcheck disable=SC2086 # no file is no argument
	if $KVM_EXITS list $file <"$steps" >"$tmp/out" 2>"$tmp/err"; then
		ok "standard input"
	else
		not_ok "standard input"
	fi
	out "stdin:3"
done

# list in JSON: where the damage is

run 1 "list of a damaged dump in JSON" list -F json "$data/bad-torn-line.log"
out '"state": "damaged: '"$data"'/bad-torn-line.log:5: torn row line",'
out '"damage_file": "'"$data"'/bad-torn-line.log",'
out '"damage_line": 5,'
out '"damage": "torn row line"'
if [ "$(grep -c damage_ "$tmp/out")" = 2 ]; then
	ok "... of the damaged dump only"
else
	not_ok "a complete dump has damage"
fi

# table

run 0 "table" table "$console"
printed <<'END'
dump 2, vmx, host web1, 1 of 1 CPU online, 0 VMs, up 19.020 s: 31262 exits, 9 reasons

    code  reason              total  since    share
      30  IO_INSTRUCTION      20190     +2   64.58%
       1  EXTERNAL_INTERRUPT   5602    +71   17.92%
      48  EPT_VIOLATION        4101     +0   13.12%
      10  CPUID                1048  +1000    3.35%
      12  HLT                   310     +0    0.99%
      66  unnamed                 4     +4    0.01%
      77  other                   3     +3    0.01%
       0  EXCEPTION_NMI           2     +0    0.01%
      33  INVALID_STATE           2     +1    0.01%
          total               31262  +1081  100.00%
of which  failed_vmentry          2     +1    0.01%
END
run 0 "table --top" table --top 2 --sort code "$console"
printed <<'END'
dump 2, vmx, host web1, 1 of 1 CPU online, 0 VMs, up 19.020 s: 31262 exits, 9 reasons

    code  reason              total  since    share
       0  EXCEPTION_NMI           2     +0    0.01%
       1  EXTERNAL_INTERRUPT   5602    +71   17.92%
          (7 others)          25658  +1010   82.07%
          total               31262  +1081  100.00%
of which  failed_vmentry          2     +1    0.01%
END
run 0 "table in CSV is in code order" table -F csv --dump 5 "$steps"
printed <<'END'
code,reason,total,since,share_percent
0x060,interrupt,240,55,5.76
0x072,cpuid,1020,0,24.46
0x078,hlt,2004,2000,48.06
0x400,npf,905,5,21.70
-1,invalid_guest_state,1,1,0.02
END
run 0 "table --dump" table --dump 1 "$console"
out "dump 1, vmx, host web1, 1 of 1 CPU online, 0 VMs, up 17.704 s: 30181 exits, 7 reasons"
run 1 "table of a missing dump" table --dump 3 "$console"
err "no dump 3 in $console"
run 1 "table of an ambiguous number" table --dump 1 "$reload"
err "dump 1 occurs 2 times in $reload: choose one of 1.1 to 1.2"
run 0 "table of the second dump with that number" table --dump 1.2 "$reload"
out "dump 1.2, svm, host web1, 2 of 2 CPUs online, 0 VMs, up 50.100 s"
run 1 "table of a missing third dump with that number" table --dump 1.3 "$reload"
run 0 "two files are one log" table "$steps" "$data/good-kmsg.log"
out "dump 7,"
cat >"$tmp/log" <<'END'
kvm_exits: 1 begin format=2 isa=vmx host=web1 loaded=2026-11-26T03:10:22.118Z cpus=2/256 vms=0 uptime=1.000
kvm_exits: 1  code  reason                        total  since
kvm_exits: 1    10  CPUID                             3     +0
kvm_exits: 1  also  failed_vmentry  9223372036854775808     +0
kvm_exits: 1 end rows=1 exits=3 since=+0 crc=a9da0c7e
END
run 0 "more failed entries than exits" table "$tmp/log"
printed <<'END'
dump 1, vmx, host web1, 2 of 256 CPUs online, 0 VMs, up 1.000 s: 3 exits, 1 reason

    code  reason                        total  since    share
      10  CPUID                             3     +0  100.00%
          total                             3     +0  100.00%
of which  failed_vmentry  9223372036854775808     +0
END

# --all: reasons that were never taken

cat >"$tmp/reasons" <<'END'
0 0x060 interrupt
7 -1 invalid_guest_state
2 0x078 hlt
1 0x072 cpuid
9 0x402 avic_unaccelerated_access
3 0x400 npf
4 0x07c msr
END
run 0 "table --all" table --all "$tmp/reasons" "$steps"
printed <<'END'
dump 5, svm, host web1, 2 of 2 CPUs online, 0 VMs, up 14.310 s: 4170 exits, 5 reasons

 code  reason                     total  since    share
0x078  hlt                         2004  +2000   48.06%
0x072  cpuid                       1020     +0   24.46%
0x400  npf                          905     +5   21.70%
0x060  interrupt                    240    +55    5.76%
   -1  invalid_guest_state            1     +1    0.02%
0x07c  msr                            0     +0    0.00%
0x402  avic_unaccelerated_access      0     +0    0.00%
       total                       4170  +2061  100.00%
END
run 0 "steps --all" steps --all "$steps" "$tmp/reasons"
printed <<'END'
2 steps, svm: 3131 exits, 5 reasons

 code  reason                     cpuid   hlt  total
0x060  interrupt                     70    55    125
0x072  cpuid                       1000     .   1000
0x078  hlt                            .  2000   2000
0x07c  msr                            .     .      0
0x400  npf                            .     5      5
0x402  avic_unaccelerated_access      .     .      0
   -1  invalid_guest_state            .     1      1
       total                       1070  2061   3131
END
run 0 "steps --all in CSV" steps --all -F csv "$steps" "$tmp/reasons"
printed <<'END'
step,code,reason,exits
cpuid,0x060,interrupt,70
cpuid,0x072,cpuid,1000
cpuid,0x078,hlt,0
cpuid,0x07c,msr,0
cpuid,0x400,npf,0
cpuid,0x402,avic_unaccelerated_access,0
cpuid,-1,invalid_guest_state,0
hlt,0x060,interrupt,55
hlt,0x072,cpuid,0
hlt,0x078,hlt,2000
hlt,0x07c,msr,0
hlt,0x400,npf,5
hlt,0x402,avic_unaccelerated_access,0
hlt,-1,invalid_guest_state,1
END
run 0 "a list of reasons without --all" table "$steps" "$tmp/reasons"
$KVM_EXITS table "$steps" >"$tmp/table"
printed <"$tmp/table"
for command in table steps; do
	run 1 "$command --all without a list" $command --all "$steps"
	err "no list of the exit reasons of svm in $steps: --all needs a copy of KVM's debugfs file exit_reasons as one more FILE"
	silent out
	run 1 "$command --all with the other vendor's list" $command --all "$vmx" "$tmp/reasons"
	err "no list of the exit reasons of vmx in the log"
	silent out
done
# bad_list NAME SED-SCRIPT - the list changed by the script is not accepted
bad_list() {
	sed "$2" "$tmp/reasons" >"$tmp/log"
	run 1 "a list with $1" table --all "$steps" "$tmp/log"
	err "no list of the exit reasons of svm in the log"
}
bad_list "a missing field" '4s/ cpuid//'
bad_list "an extra field" '4s/$/ 1/'
bad_list "a code of the other vendor" '4s/0x072/114/'
bad_list "a slot that is not a number" '4s/1/x/'
bad_list "a bad name" '4s/cpuid/cp-uid/'
bad_list "another line" '$a end'
sed 's/ npf/ ept/' "$tmp/reasons" >"$tmp/log"
run 1 "a list of another kernel" table --all "$steps" "$tmp/log"
err "one code has the names npf and ept: the log is of two kernels"
silent out

# --reason

run 0 "table --reason" table --reason 'CPU|^hlt$' "$console"
printed <<'END'
dump 2, vmx, host web1, 1 of 1 CPU online, 0 VMs, up 19.020 s: 31262 exits, 9 reasons

    code  reason          total  since    share
      10  CPUID            1048  +1000    3.35%
      12  HLT               310     +0    0.99%
          (7 others)      29904    +81   95.66%
          total           31262  +1081  100.00%
of which  failed_vmentry      2     +1    0.01%
END
run 0 "table --reason --top" table --reason '^i' --top 1 -F csv "$console"
printed <<'END'
code,reason,total,since,share_percent
30,IO_INSTRUCTION,20190,2,64.58
,(8 others),11072,1079,35.42
also,failed_vmentry,2,1,0.01
END
run 0 "diff --reason" diff --reason npf "$steps"
printed <<'END'
dump 1 to dump 5, svm, host web1, up 5.001 s to 14.310 s: 3147 exits, 5 reasons

 code  reason      exits    share
0x400  npf             5    0.16%
       (4 others)   3142   99.84%
       total        3147  100.00%
END
run 0 "diff --reason of a reason without a change" diff --from 2 --to 3 --reason npf "$steps"
printed <<'END'
dump 2 to dump 3, svm, host web1, up 6.120 s to 9.870 s: 1070 exits, 2 reasons

code  reason      exits    share
      (2 others)   1070  100.00%
      total        1070  100.00%
END
run 0 "steps --reason" steps --reason '^(cpuid|interrupt)$' -F csv "$steps"
printed <<'END'
step,code,reason,exits
cpuid,0x060,interrupt,70
cpuid,0x072,cpuid,1000
hlt,0x060,interrupt,55
hlt,,(3 others),2006
END
run 0 "steps --all --reason of a reason never taken" steps --all --reason msr "$steps" "$tmp/reasons"
out "0x07c  msr             .     .      0"
out "       (6 others)   1070  2061   3131"
for command in table diff steps; do
	run 1 "$command --reason that no reason matches" $command --reason cpiud "$steps"
	err "no reason matches 'cpiud': did you mean 'cpuid'?"
	silent out
	run 1 "$command --reason that resembles no reason" $command --reason '^x+$' "$steps"
	err "no reason matches '^x+\$'"
done
run 2 "--reason that is no regular expression" table --reason '(' "$steps"
err "--reason must be an extended regular expression, not '(': "
run 2 "--reason with --vms" table --vms --reason hlt "$steps"

# diff

run 0 "diff" diff "$steps"
printed <<'END'
dump 1 to dump 5, svm, host web1, up 5.001 s to 14.310 s: 3147 exits, 5 reasons

 code  reason               exits    share
0x078  hlt                   2001   63.58%
0x072  cpuid                 1000   31.78%
0x060  interrupt              140    4.45%
0x400  npf                      5    0.16%
   -1  invalid_guest_state      1    0.03%
       total                 3147  100.00%
END
run 0 "diff of two named dumps" diff --from 2 --to 3 --format markdown "$steps"
printed <<'END'
dump 2 to dump 3, svm, host web1, up 6.120 s to 9.870 s: 1070 exits, 2 reasons

|  code | reason    | exits |   share |
|------:|:----------|------:|--------:|
| 0x072 | cpuid     |  1000 |  93.46% |
| 0x060 | interrupt |    70 |   6.54% |
|       | total     |  1070 | 100.00% |
END
run 0 "diff --all" diff --from 2 --to 3 --all -F csv "$steps"
printed <<'END'
code,reason,exits,share_percent
0x060,interrupt,70,6.54
0x072,cpuid,1000,93.46
0x078,hlt,0,0.00
0x400,npf,0,0.00
END
run 1 "diff backwards" diff --from 3 --to 2 "$steps"
err "dump 3 comes after dump 2 in $steps: swap --from and --to"
run 1 "diff of one dump" diff "$data/good-kmsg.log"
err "cannot subtract dump 7 of $data/good-kmsg.log from itself: diff needs two dumps"
run 1 "diff over a load of kvm.ko" diff "$reload"
err "cannot subtract dump 1.1 ($reload:1) from dump 1.2 ($reload:16): the first is of host web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of host web1 with kvm.ko loaded at 2026-11-26T03:11:04.007Z"
silent out
run 0 "diff before a load of kvm.ko" diff --to 2 "$reload"
head -n 10 "$steps" >"$tmp/early"
run 0 "diff of two files" diff "$tmp/early" "$steps"
out "dump 1 of $tmp/early to dump 5 of $steps, svm, host web1, up"
run 0 "diff of two files, dumps named" diff --from 2 --to 3 "$steps" "$steps"
out "dump 2 of $steps to dump 3 of $steps, svm, host web1, up 6.120 s to 9.870 s: 1070 exits"
run 0 "diff of a file and itself" diff "$steps" "$steps"
out "0 exits, 0 reasons"
run 1 "diff of an svm and a vmx log" diff "$steps" "$console"
err "one has exit reasons of svm, the other of vmx"
run 1 "diff of two files in the wrong order" diff "$steps" "$tmp/early"
err "went down"

# HTML: the whole page, and the contrast of its colours

for command in list table "table --vms" diff steps "compare $vmx" "times $data/times/steps.log"; do
	file=$svm_l2
	case $command in
	times*) file= ;;
	compare*) file=$svm ;;
	esac
	# shellcheck disable=SC2086 # words
	run 0 "${command%% *} in HTML" $command --format html $file
	if head -n 2 "$tmp/out" | tail -n 1 | grep -qxF '<html lang="en">' && tail -n 1 "$tmp/out" | grep -qxF '</html>' &&
	   grep -q '<caption>' "$tmp/out" && ! grep -qiE '<script|https?:|url\(|@import' "$tmp/out"; then
		ok "... is a whole page that needs no other"
	else
		not_ok "is not a whole page"
	fi
done
run 0 "table in HTML" table -F html "$console"
if awk '
	function channel(hex,  n, i) {
		for (i = 1; i <= 2; i++)
			n = 16 * n + index("0123456789abcdef", substr(hex, i, 1)) - 1
		n /= 255
		return n <= 0.04045 ? n / 12.92 : exp(2.4 * log((n + 0.055) / 1.055))
	}
	function luminance(name,  hex) {
		hex = colour[name]
		if (length(hex) == 4)
			hex = "#" substr(hex, 2, 1) substr(hex, 2, 1) substr(hex, 3, 1) substr(hex, 3, 1) \
			      substr(hex, 4, 1) substr(hex, 4, 1)
		return 0.2126 * channel(substr(hex, 2)) + 0.7152 * channel(substr(hex, 4)) + 0.0722 * channel(substr(hex, 6))
	}
	function contrast(a, b, least,  x, y, ratio) {
		x = luminance(a); y = luminance(b)
		ratio = x > y ? (x + 0.05) / (y + 0.05) : (y + 0.05) / (x + 0.05)
		checked++
		if (ratio < least) {
			printf "# %s on %s has a contrast of %.2f\n", a, b, ratio
			bad++
		}
	}
	function check(  i) {
		contrast("--text", "--page", 4.5)
		contrast("--quiet", "--page", 4.5)
		contrast("--link", "--page", 4.5)
		contrast("--bar", "--page", 3)
		for (i = 1; i <= 5; i++)
			contrast("--text", "--h" i, 4.5)
	}
	/:root/ { inside = 1 }
	inside {
		for (i = 1; i < NF; i++)
			if ($i ~ /^--/)
				colour[substr($i, 1, length($i) - 1)] = substr($(i + 1), 1, length($(i + 1)) - 1)
	}
	inside && /}/ { check(); inside = 0 }
	END { exit bad || checked != 18 }' "$tmp/out"; then
	ok "... its colours have enough contrast, light and dark"
else
	not_ok "colours have too little contrast"
fi

# --per-second: cpuid lasts 3.750 s, hlt 4.306 s

run 0 "diff --per-second" diff --per-second "$steps"
printed <<'END'
dump 1 to dump 5, svm, host web1, up 5.001 s to 14.310 s: 3147 exits, 5 reasons

 code  reason               exits  per second    share
0x078  hlt                   2001       215.0   63.58%
0x072  cpuid                 1000       107.4   31.78%
0x060  interrupt              140        15.0    4.45%
0x400  npf                      5         0.5    0.16%
   -1  invalid_guest_state      1         0.1    0.03%
       total                 3147       338.1  100.00%
END
run 0 "diff --per-second of dumps of the same time" diff -p -F csv "$steps" "$steps"
out "code,reason,exits,per_second,share_percent"
run 0 "steps --per-second" steps --per-second "$steps"
printed <<'END'
2 steps, svm: 3131 exits, 5 reasons, in exits per second

 code  reason               cpuid    hlt   mean
0x060  interrupt             18.7   12.8   15.5
0x072  cpuid                266.7      .  124.1
0x078  hlt                      .  464.5  248.3
0x400  npf                      .    1.2    0.6
   -1  invalid_guest_state      .    0.2    0.1
       total                285.3  478.6  388.7
END
run 0 "steps --per-second in CSV" steps -p -F csv "$steps"
printed <<'END'
step,code,reason,exits,per_second
cpuid,0x060,interrupt,70,18.667
cpuid,0x072,cpuid,1000,266.667
hlt,0x060,interrupt,55,12.773
hlt,0x078,hlt,2000,464.468
hlt,0x400,npf,5,1.161
hlt,-1,invalid_guest_state,1,0.232
END
run 0 "steps --per-second in JSON" steps -p -F json "$steps"
out '"per_second": 285.333'
out '"per_second": 124.131'
run 0 "steps --per-second with L2" steps -p "$svm_l2"
out "0x072  cpuid                 112.1  112.1   10.0  103.4  102.5"
run 2 "--per-second of a dump" table --per-second "$steps"

# steps

run 0 "steps" steps "$steps"
printed <<'END'
2 steps, svm: 3131 exits, 5 reasons

 code  reason               cpuid   hlt  total
0x060  interrupt               70    55    125
0x072  cpuid                 1000     .   1000
0x078  hlt                      .  2000   2000
0x400  npf                      .     5      5
   -1  invalid_guest_state      .     1      1
       total                 1070  2061   3131
END
run 0 "steps in CSV" steps -F csv "$steps"
printed <<'END'
step,code,reason,exits
cpuid,0x060,interrupt,70
cpuid,0x072,cpuid,1000
hlt,0x060,interrupt,55
hlt,0x078,hlt,2000
hlt,0x400,npf,5
hlt,-1,invalid_guest_state,1
END
run 0 "steps --sort count --top" steps --sort count --top 1 "$steps"
printed <<'END'
2 steps, svm: 3131 exits, 5 reasons

 code  reason      cpuid   hlt  total
0x078  hlt             .  2000   2000
       (4 others)   1070    61   1131
       total        1070  2061   3131
END
run 1 "steps without marks" steps "$console"
err "no step marks"
sed 's/end cpuid/end cpu/' "$steps" >"$tmp/log"
run 1 "steps with marks of different names" steps "$tmp/log"
err "$tmp/log:25: step cpu ends inside step cpuid"

# compare

run 0 "compare" compare "$vmx" "$svm"
printed <<'END'
2 steps: 2189 exits on vmx, 2172 on svm, 15 kinds

kind               isa  reasons                                   cpuid   msr  total
CPUID              vmx  CPUID                                      1000     .   1000
                   svm  cpuid                                      1000     .   1000
port I/O           vmx  IO_INSTRUCTION                               12    12     24
                   svm  io                                           14    14     28
MSR                vmx  MSR_READ + MSR_WRITE                          7  1007   1014
                   svm  msr                                           8  1009   1017
nested page fault  vmx  EPT_VIOLATION                                 3     .      3
                   svm  npf                                           2     .      2
interrupt          vmx  EXTERNAL_INTERRUPT                           52    61    113
                   svm  interrupt                                    30    48     78
interrupt window   vmx  -                                             .     .      0
                   svm  vintr                                        13    11     24
preemption timer   vmx  PREEMPTION_TIMER                              5     8     13
                   svm  -                                             .     .      0
control register   vmx  CR_ACCESS                                     6     .      6
                   svm  read_cr0 + read_cr4 + write_cr0 + 3 more     16     1     17
failed entry       vmx  INVALID_STATE                                 .     1      1
                   svm  -                                             .     .      0
PML_FULL           vmx  PML_FULL                                      9     .      9
                   svm  -                                             .     .      0
unnamed 66         vmx  unnamed                                       .     2      2
                   svm  -                                             .     .      0
unnamed 72         vmx  unnamed                                       1     .      1
                   svm  -                                             .     .      0
other              vmx  other                                         .     3      3
                   svm  -                                             .     .      0
smi                vmx  -                                             .     .      0
                   svm  smi                                           .     2      2
other              vmx  -                                             .     .      0
                   svm  other                                         .     4      4
total              vmx                                             1095  1094   2189
                   svm                                             1083  1089   2172
END
err "warning: step idle of $vmx is not in $svm"
err "warning: step load of $svm is not in $vmx"
run 0 "compare in CSV, files swapped" compare -F csv "$svm" "$vmx"
printed <<'END'
kind,isa,step,code,reason,exits
CPUID,svm,cpuid,0x072,cpuid,1000
CPUID,vmx,cpuid,10,CPUID,1000
port I/O,svm,msr,0x07b,io,14
port I/O,svm,cpuid,0x07b,io,14
port I/O,vmx,msr,30,IO_INSTRUCTION,12
port I/O,vmx,cpuid,30,IO_INSTRUCTION,12
MSR,svm,msr,0x07c,msr,1009
MSR,svm,cpuid,0x07c,msr,8
MSR,vmx,msr,31,MSR_READ,500
MSR,vmx,msr,32,MSR_WRITE,507
MSR,vmx,cpuid,32,MSR_WRITE,7
nested page fault,svm,cpuid,0x400,npf,2
nested page fault,vmx,cpuid,48,EPT_VIOLATION,3
interrupt,svm,msr,0x060,interrupt,48
interrupt,svm,cpuid,0x060,interrupt,30
interrupt,vmx,msr,1,EXTERNAL_INTERRUPT,61
interrupt,vmx,cpuid,1,EXTERNAL_INTERRUPT,52
interrupt window,svm,msr,0x064,vintr,11
interrupt window,svm,cpuid,0x064,vintr,13
preemption timer,vmx,msr,52,PREEMPTION_TIMER,8
preemption timer,vmx,cpuid,52,PREEMPTION_TIMER,5
control register,svm,msr,0x014,write_cr4,1
control register,svm,cpuid,0x000,read_cr0,1
control register,svm,cpuid,0x004,read_cr4,2
control register,svm,cpuid,0x010,write_cr0,3
control register,svm,cpuid,0x014,write_cr4,4
control register,svm,cpuid,0x018,write_cr8,1
control register,svm,cpuid,0x065,cr0_sel_write,5
control register,vmx,cpuid,28,CR_ACCESS,6
failed entry,vmx,msr,33,INVALID_STATE,1
smi,svm,msr,0x062,smi,2
other,svm,msr,0x08e,other,4
PML_FULL,vmx,cpuid,62,PML_FULL,9
unnamed 66,vmx,msr,66,unnamed,2
unnamed 72,vmx,cpuid,72,unnamed,1
other,vmx,msr,77,other,3
END
run 0 "compare --sort count --top" compare --sort count --top 3 "$svm" "$vmx"
printed <<'END'
2 steps: 2172 exits on svm, 2189 on vmx, 15 kinds

kind         isa  reasons                msr  cpuid  total
MSR          svm  msr                   1009      8   1017
             vmx  MSR_READ + MSR_WRITE  1007      7   1014
CPUID        svm  cpuid                    .   1000   1000
             vmx  CPUID                    .   1000   1000
interrupt    svm  interrupt               48     30     78
             vmx  EXTERNAL_INTERRUPT      61     52    113
(12 others)  svm  11 reasons              32     45     77
             vmx  9 reasons               26     36     62
total        svm                        1089   1083   2172
             vmx                        1094   1095   2189
END
run 0 "compare --top in CSV" compare --sort code --top 1 -F csv "$vmx" "$svm"
printed <<'END'
kind,isa,step,code,reason,exits
CPUID,vmx,cpuid,10,CPUID,1000
CPUID,svm,cpuid,0x072,cpuid,1000
(14 others),vmx,cpuid,,12 reasons,95
(14 others),vmx,msr,,12 reasons,1094
(14 others),svm,cpuid,,13 reasons,83
(14 others),svm,msr,,13 reasons,1089
END
run 0 "compare in JSON" compare --top 1 -F json "$vmx" "$svm"
printed <<'END'
{
  "steps": 2,
  "vmx_exits": 2189,
  "svm_exits": 2172,
  "kinds": 15,
  "rows": [
    {
      "kind": "CPUID",
      "isa": "vmx",
      "step": "cpuid",
      "code": "10",
      "reason": "CPUID",
      "exits": 1000
    },
    {
      "kind": "CPUID",
      "isa": "svm",
      "step": "cpuid",
      "code": "0x072",
      "reason": "cpuid",
      "exits": 1000
    },
    {
      "kind": "(14 others)",
      "isa": "vmx",
      "step": "cpuid",
      "code": null,
      "reason": "12 reasons",
      "exits": 95
    },
    {
      "kind": "(14 others)",
      "isa": "vmx",
      "step": "msr",
      "code": null,
      "reason": "12 reasons",
      "exits": 1094
    },
    {
      "kind": "(14 others)",
      "isa": "svm",
      "step": "cpuid",
      "code": null,
      "reason": "13 reasons",
      "exits": 83
    },
    {
      "kind": "(14 others)",
      "isa": "svm",
      "step": "msr",
      "code": null,
      "reason": "13 reasons",
      "exits": 1089
    }
  ],
  "total": [
    {
      "isa": "vmx",
      "step": "cpuid",
      "exits": 1095
    },
    {
      "isa": "vmx",
      "step": "msr",
      "exits": 1094
    },
    {
      "isa": "svm",
      "step": "cpuid",
      "exits": 1083
    },
    {
      "isa": "svm",
      "step": "msr",
      "exits": 1089
    },
    {
      "kind": "CPUID",
      "isa": "vmx",
      "exits": 1000
    },
    {
      "kind": "CPUID",
      "isa": "svm",
      "exits": 1000
    },
    {
      "kind": "(14 others)",
      "isa": "vmx",
      "exits": 1189
    },
    {
      "kind": "(14 others)",
      "isa": "svm",
      "exits": 1172
    }
  ],
  "of_which": []
}
END
run 0 "compare in JSON, all" compare -F json "$vmx" "$svm"
if grep -q '"exits": 0$' "$tmp/out"; then not_ok "prints a count of 0"; else ok "... prints no count of 0"; fi
run 0 "compare --top with all kinds but one" compare --top 14 "$vmx" "$svm"
out "(1 other)          vmx  0 reasons"
run 0 "compare --top with all kinds" compare --top 15 -F markdown "$vmx" "$svm"
out "| smi               | vmx | -    "
run 0 "compare --reason: a kind by its name and by a reason" compare --reason 'port i/o|^npf$' "$vmx" "$svm"
printed <<'END'
2 steps: 2189 exits on vmx, 2172 on svm, 15 kinds

kind               isa  reasons         cpuid   msr  total
port I/O           vmx  IO_INSTRUCTION     12    12     24
                   svm  io                 14    14     28
nested page fault  vmx  EPT_VIOLATION       3     .      3
                   svm  npf                 2     .      2
(13 others)        vmx  11 reasons       1080  1082   2162
                   svm  12 reasons       1067  1075   2142
total              vmx                   1095  1094   2189
                   svm                   1083  1089   2172
END
run 1 "compare --reason that none matches" compare --reason 'port O/I' "$vmx" "$svm"
err "no kind or reason matches 'port O/I': did you mean 'port I/O'?"
silent out
run 0 "compare standard input" compare - "$vmx" <"$svm"
err "warning: step load of stdin is not in $vmx"
sed 's/step: begin idle/step: begin load/; s/step: end idle/step: end load/' "$vmx" >"$tmp/log"
run 0 "compare logs of the same steps" compare "$tmp/log" "$svm"
silent err
out "3 steps: 3439 exits on vmx, 2983 on svm, 16 kinds"
sed 's/\(begin\|end\) cpuid/\1 together/' "$steps" >"$tmp/log"
run 0 "compare logs of one isa" compare "$tmp/log" "$data/svm-together.log"
err "warning: step hlt of $tmp/log is not in $data/svm-together.log"
printed <<'END'
1 step, svm: 1070 exits on web1, 4366 on svm, 7 reasons

 code  reason     log   together  total
0x060  interrupt  web1        70     70
                  svm          2      2
0x064  vintr      web1         .      0
                  svm         10     10
0x072  cpuid      web1      1000   1000
                  svm       2000   2000
0x078  hlt        web1         .      0
                  svm        564    564
0x07b  io         web1         .      0
                  svm        126    126
0x07c  msr        web1         .      0
                  svm        460    460
0x400  npf        web1         .      0
                  svm       1204   1204
       total      web1      1070   1070
                  svm       4366   4366
END
run 0 "compare logs of one isa in CSV" compare -F csv --sort count --top 3 "$tmp/log" "$data/svm-together.log"
printed <<'END'
log,step,code,reason,exits
web1,together,0x072,cpuid,1000
svm,together,0x072,cpuid,2000
svm,together,0x400,npf,1204
svm,together,0x078,hlt,564
web1,together,,(4 others),70
svm,together,,(4 others),598
END
run 0 "compare logs of one isa in JSON" compare -F json --top 1 "$tmp/log" "$data/svm-together.log"
printed <<'END'
{
  "steps": 1,
  "isa": "svm",
  "first": "web1",
  "first_exits": 1070,
  "second": "svm",
  "second_exits": 4366,
  "reasons": 7,
  "rows": [
    {
      "log": "web1",
      "step": "together",
      "code": "0x060",
      "reason": "interrupt",
      "exits": 70
    },
    {
      "log": "svm",
      "step": "together",
      "code": "0x060",
      "reason": "interrupt",
      "exits": 2
    },
    {
      "log": "web1",
      "step": "together",
      "code": null,
      "reason": "(6 others)",
      "exits": 1000
    },
    {
      "log": "svm",
      "step": "together",
      "code": null,
      "reason": "(6 others)",
      "exits": 4364
    }
  ],
  "total": [
    {
      "log": "web1",
      "step": "together",
      "exits": 1070
    },
    {
      "log": "svm",
      "step": "together",
      "exits": 4366
    },
    {
      "log": "web1",
      "code": "0x060",
      "reason": "interrupt",
      "exits": 70
    },
    {
      "log": "svm",
      "code": "0x060",
      "reason": "interrupt",
      "exits": 2
    },
    {
      "log": "web1",
      "reason": "(6 others)",
      "exits": 1000
    },
    {
      "log": "svm",
      "reason": "(6 others)",
      "exits": 4364
    }
  ],
  "of_which": []
}
END
run 0 "compare logs of one host" compare --sort count --top 1 -F markdown "$steps" "$svm"
printed <<'END'
1 step, svm: 1070 exits on tests/data/good-dmesg-steps.log, 1083 on tests/data/good-svm-steps.log, 12 reasons

|  code | reason      | log                             | cpuid | total |
|------:|:------------|:--------------------------------|------:|------:|
| 0x072 | cpuid       | tests/data/good-dmesg-steps.log |  1000 |  1000 |
|       |             | tests/data/good-svm-steps.log   |  1000 |  1000 |
|       | (11 others) | tests/data/good-dmesg-steps.log |    70 |    70 |
|       |             | tests/data/good-svm-steps.log   |    83 |    83 |
|       | total       | tests/data/good-dmesg-steps.log |  1070 |  1070 |
|       |             | tests/data/good-svm-steps.log   |  1083 |  1083 |
END
cat >"$tmp/log" <<'END'
kvm_exits_step: begin cpuid
kvm_exits: 1 begin format=2 isa=vmx host=web2 loaded=2026-11-26T03:10:22.118Z cpus=2/2 vms=0 uptime=1.000
kvm_exits: 1  code  reason  total  since
kvm_exits: 1    10  unnamed  3  +3
kvm_exits: 1 end rows=1 exits=3 since=+3 crc=bf732d0e
kvm_exits: 2 begin format=2 isa=vmx host=web2 loaded=2026-11-26T03:10:22.118Z cpus=2/2 vms=0 uptime=2.000
kvm_exits: 2  code  reason  total  since
kvm_exits: 2    10  unnamed  8  +5
kvm_exits: 2 end rows=1 exits=8 since=+5 crc=ddcb7fc9
kvm_exits_step: end cpuid
END
run 0 "compare logs of two kernels, one of which has no name for a code" compare "$tmp/log" "$vmx"
out "  10  CPUID               web2      .      0"
out "  10  unnamed             web2      5      5"
run 0 "compare a log without exits with another" compare "$data/good-no-exits.log" "$vmx"
out "1 step, vmx: 0 exits on web2, 1095 on web1, 9 reasons"
run 0 "compare logs without exits" compare "$data/good-no-exits.log" "$data/good-no-exits.log"
out "0 reasons"
run 0 "compare a log with itself" compare "$vmx" "$vmx"
out "3 steps, vmx: 3439 exits on $vmx, 3439 on $vmx, 14 reasons"
sed 's/step: begin /&my-/; s/step: end /&my-/' "$vmx" >"$tmp/log"
run 1 "compare logs without a common step" compare "$tmp/log" "$svm"
err "$tmp/log and $svm have no step in common"
silent out
for files in "" "$vmx" "$vmx $svm $vmx"; do
	# shellcheck disable=SC2086 # a list of files
	run 2 "compare with files '$files'" compare $files
	err "compare reads two FILEs, not"
done
run 2 "compare standard input twice" compare - -
err "standard input can be read only once"
run 2 "compare --all" compare --all "$vmx" "$svm"
run 1 "compare a log without marks" compare "$svm" "$console"
err "no step marks in $console"
silent out
run 1 "compare an empty log" compare "$tmp/empty" "$svm"
err "no dump of VM-exit counters in $tmp/empty"
silent out
# dump 1 is lines 2 to 14, dump 2 lines 16 to 28
sed 20d "$vmx" >"$tmp/log"
run 1 "compare with a damaged dump" compare "$svm" "$tmp/log"
err "$tmp/log:27: dump 2 is damaged among the steps: row lines: 9, the end line says 10"
silent out
run 1 "compare with a damaged dump, files swapped" compare "$tmp/log" "$svm"
err "dump 2 is damaged among the steps"
sed 5d "$vmx" >"$tmp/log"
run 0 "compare after a damaged dump" compare "$tmp/log" "$svm"
err "warning: $tmp/log:13: dump 1 is damaged"

# nested guests and VMs

run 0 "table with exits from L2 and VMs" table "$vmx_l2"
printed <<'END'
dump 3, vmx, host web1, 4 of 4 CPUs online, 10 VMs, up 41.207 s: 1379 exits, 3 reasons

    code  reason              total  since    l2    share
      10  CPUID                1045  +1000  1005   75.78%
       1  EXTERNAL_INTERRUPT    330    +20     2   23.93%
      33  INVALID_STATE           4     +3     2    0.29%
          total                1379  +1023  1009  100.00%
of which  failed_vmentry          4     +3     2    0.29%

VMs with the most exits since the previous dump

pid  name             vcpus  total  since  top
812  qemu-system-x86      1   9112  +2000  interrupt
813  qemu-system-x86      2   9212  +1900  interrupt
814  qemu-system-x86      3   9312  +1800  interrupt
815  qemu-system-x86      4   9412  +1700  interrupt
816  qemu-system-x86      1   9512  +1600  interrupt
817  qemu-system-x86      2   9612  +1500  interrupt
818  qemu-system-x86      3   9712  +1400  interrupt
640  cloud-hyperviso      2     77     +0  -

2 more VMs are not listed
END
run 0 "table in markdown" table --dump 2 -F markdown "$svm_l2"
printed <<'END'
dump 2, svm, host web1, 2 of 256 CPUs online, 10 VMs, up 30.500 s: 13155 exits, 4 reasons

|  code | reason    | total | since | l2 |   share |
|------:|:----------|------:|------:|---:|--------:|
| 0x060 | interrupt | 13100 |  +101 |  . |  99.58% |
| 0x072 | cpuid     |    40 |    +0 |  . |   0.30% |
| 0x400 | npf       |    12 |    +0 |  . |   0.09% |
| 0x07c | msr       |     3 |    +3 |  3 |   0.02% |
|       | total     | 13155 |  +104 |  3 | 100.00% |

VMs with the most exits since the previous dump

| pid | name            | vcpus | total | since | top       |
|----:|:----------------|------:|------:|------:|:----------|
| 812 | qemu-system-x86 |     1 |  9112 | +2000 | interrupt |
| 813 | qemu-system-x86 |     2 |  9212 | +1900 | interrupt |
| 814 | qemu-system-x86 |     3 |  9312 | +1800 | interrupt |
| 815 | qemu-system-x86 |     4 |  9412 | +1700 | interrupt |
| 816 | qemu-system-x86 |     1 |  9512 | +1600 | interrupt |
| 817 | qemu-system-x86 |     2 |  9612 | +1500 | interrupt |
| 818 | qemu-system-x86 |     3 |  9712 | +1400 | interrupt |
| 640 | cloud-hyperviso |     2 |    77 |    +0 | -         |

2 more VMs are not listed
END
run 0 "table in CSV" table --dump 3 -F csv "$svm_l2"
printed <<'END'
code,reason,total,since,l2,share_percent
0x060,interrupt,14203,1103,0,91.83
0x072,cpuid,1240,1200,1200,8.02
0x07c,msr,9,6,7,0.06
0x400,npf,12,0,0,0.08
-1,invalid_guest_state,1,1,0,0.01
0x5000,other,2,2,1,0.01
END
run 0 "table of a dump without exits from L2" table --dump 1 "$svm_l2"
printed <<'END'
dump 1, svm, host web1, 2 of 256 CPUs online, 3 VMs, up 20.001 s: 13051 exits, 3 reasons

 code  reason     total   since    share
0x060  interrupt  12999  +12999   99.60%
0x072  cpuid         40     +40    0.31%
0x400  npf           12     +12    0.09%
       total      13051  +13051  100.00%

VMs with the most exits since the previous dump

pid  name             vcpus  total  since  top
812  qemu-system-x86      4   8012  +8012  interrupt
811  qemu-system-x86      1   2607  +2607  cpuid
  9  vmm_1.0              1      0     +0  -
END
run 0 "table of a dump that could not list its VMs" table --dump 3 "$svm_l2"
out "The dump has no list of VMs: VMs were being created or destroyed"
run 0 "table of a dump that could not list its VMs in JSON" table --dump 3 -F json "$svm_l2"
out '  "vms": null'
run 0 "table in JSON" table -F json --top 1 "$svm_l2"
printed <<'END'
{
  "dump": "5",
  "isa": "svm",
  "host": "web1",
  "loaded": "2026-11-26T03:10:22.118Z",
  "cpus_online": 1,
  "cpus_possible": 256,
  "vm_count": 0,
  "uptime": 43.0,
  "exits": 15489,
  "reasons": 6,
  "vms_more": 0,
  "rows": [
    {
      "code": "0x060",
      "reason": "interrupt",
      "total": 14215,
      "since": 5,
      "l2": 0,
      "share_percent": 91.77
    },
    {
      "code": null,
      "reason": "(5 others)",
      "total": 1274,
      "since": 10,
      "l2": 1208,
      "share_percent": 8.23
    }
  ],
  "total": [
    {
      "reason": "total",
      "total": 15489,
      "since": 15,
      "l2": 1208,
      "share_percent": 100.0
    }
  ],
  "of_which": [],
  "vms": []
}
END
run 0 "table in JSON, with VMs" table -F json "$vmx_l2"
out '  "vms_more": 2'
out '      "name": "cloud-hyperviso"'
run 0 "table --vms" table --vms --dump 1 "$svm_l2"
printed <<'END'
dump 1, host web1, 2 of 256 CPUs online, 3 VMs, up 20.001 s: VMs with the most exits since the previous dump

pid  name             vcpus  total  since  top
812  qemu-system-x86      4   8012  +8012  interrupt
811  qemu-system-x86      1   2607  +2607  cpuid
  9  vmm_1.0              1      0     +0  -
END
run 0 "table --vms in CSV" table --vms -F csv "$vmx_l2"
printed <<'END'
pid,name,vcpus,total,since,top
812,qemu-system-x86,1,9112,2000,interrupt
813,qemu-system-x86,2,9212,1900,interrupt
814,qemu-system-x86,3,9312,1800,interrupt
815,qemu-system-x86,4,9412,1700,interrupt
816,qemu-system-x86,1,9512,1600,interrupt
817,qemu-system-x86,2,9612,1500,interrupt
818,qemu-system-x86,3,9712,1400,interrupt
640,cloud-hyperviso,2,77,0,-
END
run 1 "table --vms of a dump that could not list its VMs" table --vms --dump 3 "$svm_l2"
err "dump 3 has no list of VMs: VMs were being created or destroyed"
silent out
run 1 "table --vms of a VM" table --vms --dump 0.1 "$data/good-vm.log"
err "dump 0.1 has no list of VMs: its counters are those of VM 812-11"
run 1 "table --vms of a copy from debugfs" table --vms --dump 0.1 "$data/good-live.log"
err "dump 0.1 has no list of VMs: it was read from debugfs"
run 2 "table --vms --sort" table --vms --sort code "$svm_l2"
err "omit --sort, --top, --reason and --all"
run 2 "table --vms --top" table --vms --top 1 "$svm_l2"
run 2 "table --vms --all" table --vms --all "$svm_l2"
run 2 "diff --vms" diff --vms "$svm_l2"
run 0 "diff with exits from L2" diff "$svm_l2"
printed <<'END'
dump 1 to dump 5, svm, host web1, up 20.001 s to 43.000 s: 2438 exits, 5 reasons

  code  reason               exits    l2    share
 0x060  interrupt             1216     .   49.88%
 0x072  cpuid                 1210  1200   49.63%
 0x07c  msr                      9     7    0.37%
0x5000  other                    2     1    0.08%
    -1  invalid_guest_state      1     .    0.04%
        total                 2438  1208  100.00%
END
run 0 "diff in CSV" diff --from 4 -F csv "$svm_l2"
printed <<'END'
code,reason,exits,l2,share_percent
0x060,interrupt,5,0,33.33
0x072,cpuid,10,0,66.67
END
run 0 "diff of dumps before any L2" diff --to 2 -F csv "$vmx"
out "code,reason,exits,share_percent"
run 0 "steps with exits from L2" steps "$svm_l2"
printed <<'END'
2 steps, svm: 2327 exits, 5 reasons

  code  reason               nested    l2  plain  total    l2
 0x060  interrupt              1103     .      5   1108     .
 0x072  cpuid                  1200  1200     10   1210  1200
 0x07c  msr                       6     4      .      6     4
    -1  invalid_guest_state       1     .      .      1     .
0x5000  other                     2     1      .      2     1
        total                  2312  1205     15   2327  1205
END
run 0 "steps in CSV" steps -F csv "$svm_l2"
printed <<'END'
step,code,reason,exits,l2
nested,0x060,interrupt,1103,0
nested,0x072,cpuid,1200,1200
nested,0x07c,msr,6,4
nested,-1,invalid_guest_state,1,0
nested,0x5000,other,2,1
plain,0x060,interrupt,5,0
plain,0x072,cpuid,10,0
END
run 0 "steps in markdown" steps -F markdown "$vmx_l2"
printed <<'END'
1 step, vmx: 1023 exits, 3 reasons

|     code | reason             | nested |   l2 | total |   l2 |
|---------:|:-------------------|-------:|-----:|------:|-----:|
|        1 | EXTERNAL_INTERRUPT |     20 |    2 |    20 |    2 |
|       10 | CPUID              |   1000 | 1000 |  1000 | 1000 |
|       33 | INVALID_STATE      |      3 |    2 |     3 |    2 |
|          | total              |   1023 | 1004 |  1023 | 1004 |
| of which | failed_vmentry     |      3 |    2 |     3 |    2 |
END
sed 's/step: \(begin\|end\) nested/step: \1 plain/' "$vmx_l2" >"$tmp/log"
run 0 "compare shows no exits from L2" compare "$tmp/log" "$svm_l2"
printed <<'END'
1 step: 1023 exits on vmx, 15 on svm, 3 kinds

kind          isa  reasons             plain  total
CPUID         vmx  CPUID                1000   1000
              svm  cpuid                  10     10
interrupt     vmx  EXTERNAL_INTERRUPT     20     20
              svm  interrupt               5      5
failed entry  vmx  INVALID_STATE           3      3
              svm  -                       .      0
total         vmx                       1023   1023
              svm                         15     15
END

# lives: only dumps of one life can be subtracted

run 0 "list names hosts, loads and scopes" list -F csv "$data/good-vm.log"
printed <<'END'
dump,where,isa,host,loaded,scope,uptime,rows,exits,state
0.1,tests/data/good-vm.log:1,svm,web1,2026-11-26T03:10:22.118Z,812-11,5.000,2,25,complete
0.2,tests/data/good-vm.log:6,svm,web1,2026-11-26T03:10:22.118Z,812-11/vcpu0,5.001,2,17,complete
0.3,tests/data/good-vm.log:11,svm,web1,2026-11-26T03:10:22.118Z,812-11,6.000,2,35,complete
0.4,tests/data/good-vm.log:16,svm,web1,2026-11-26T03:10:22.118Z,812-11/vcpu1,6.001,2,18,complete
0.5,tests/data/good-vm.log:21,svm,web1,2026-11-26T03:10:22.118Z,812-11/vcpu0,6.002,2,22,complete
0.6,tests/data/good-vm.log:26,svm,web1,2026-11-26T03:10:22.118Z,900-12,7.000,2,45,complete
END
run 0 "list of two hosts" list "$data/two-hosts.log"
out "  hosta  2026-11-26T03:10:22.118Z  host "
out "  hostb  2026-11-26T03:10:22.118Z  host "
run 1 "diff of two boots" diff "$data/two-boots-a.log" "$data/two-boots-b.log"
err "cannot subtract dump 3 ($data/two-boots-a.log:11) from dump 3 ($data/two-boots-b.log:11): the first is of host web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of host web1 with kvm.ko loaded at 2026-11-27T08:00:01.500Z"
silent out
run 1 "diff of two boots in one log" diff "$data/two-boots-one-log.log"
err "the second of host web1 with kvm.ko loaded at 2026-11-27T08:00:01.500Z"
silent out
run 1 "diff of two hosts" diff "$data/two-hosts.log"
err "the first is of host hosta with kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of host hostb with"
silent out
run 0 "diff of one host in a log of two" diff --from 1 --to 3.2 "$data/two-hosts.log"
out "dump 1 to dump 3.2, vmx, host hosta, up 10.000 s to 30.000 s: 820 exits"
run 1 "steps with dumps of two hosts" steps "$data/two-hosts.log"
err "cannot subtract dump 1 ($data/two-hosts.log:2) from dump 3.1 ($data/two-hosts.log:12): the first is of host hosta"
silent out
run 1 "diff of a VM and its vCPU" diff --from 0.1 --to 0.2 "$data/good-vm.log"
err "the first is of VM 812-11 on host web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of VM 812-11/vcpu0 on host web1"
run 1 "diff of two vCPUs" diff "$data/two-vcpus.log"
err "the first is of VM 812-11/vcpu0 on host web1 with kvm.ko loaded at 2026-11-26T03:10:22.118Z, the second of VM 812-11/vcpu1 on host web1"
run 0 "diff of a VM" diff --from 0.1 --to 0.3 "$data/good-vm.log"
out "dump 0.1 to dump 0.3, svm, host web1, VM 812-11, up 5.000 s to 6.000 s: 10 exits, 1 reason"
run 0 "diff of a vCPU" diff --from 0.2 --to 0.5 "$data/good-vm.log"
out "dump 0.2 to dump 0.5, svm, host web1, VM 812-11, vCPU 0, up 5.001 s to 6.002 s: 5 exits, 1 reason"
run 0 "table of a VM" table --dump 0.1 "$data/good-vm.log"
out "dump 0.1, svm, host web1, VM 812-11, 2 vCPUs, up 5.000 s: 25 exits, 2 reasons"
run 0 "table of a vCPU" table --dump 0.2 "$data/good-vm.log"
out "dump 0.2, svm, host web1, VM 812-11, vCPU 0, up 5.001 s: 17 exits, 2 reasons"
run 0 "diff of copies from debugfs" diff --from 0.1 --to 0.2 "$data/good-live.log"
out "dump 0.1 to dump 0.2, svm, host web1, up 6.000 s to 7.000 s: 20 exits, 1 reason"
run 0 "diff of dumps with copies from debugfs between them" diff "$data/good-live.log"
out "dump 3 to dump 4, svm, host web1, up 5.000 s to 8.000 s: 45 exits, 2 reasons"
run 1 "table of dump 0, which occurs twice" table --dump 0 "$data/good-live.log"
err "dump 0 occurs 2 times in $data/good-live.log: choose one of 0.1 to 0.2"

# text around the message does not change the tables

$KVM_EXITS table "$vmx_l2" >"$tmp/table"
$KVM_EXITS steps "$vmx_l2" >"$tmp/steps"
# same NAME - $tmp/log gives the tables of $vmx_l2
same() {
	run 0 "table of a log with $1" table "$tmp/log"
	printed <"$tmp/table"
	run 0 "steps of a log with $1" steps "$tmp/log"
	printed <"$tmp/steps"
}
esc=$(printf '\033')
cr=$(printf '\r')
sed "s/^\(\[.*\] \)\(kvm_exits[_a-z]*: \)\(.*\)/${esc}[32m\1${esc}[0m${esc}[33m\2${esc}[0m\3/" "$vmx_l2" >"$tmp/log"
same "the colours of dmesg"
sed 's/^/<6>/' "$vmx_l2" >"$tmp/raw"
if dmesg -F "$tmp/raw" --color=always >"$tmp/log" 2>/dev/null; then
	same "dmesg --color=always"
else
	ok "dmesg --color=always # SKIP no dmesg that reads files"
fi
sed "s/kvm_exits/${esc}[01;31m${esc}[K&${esc}[m${esc}[K/" "$vmx_l2" >"$tmp/log"
same "the colours of grep"
sed 's/^\[.*\] \(.*\)/{"PRIORITY":"6","_HOSTNAME":"web1","MESSAGE":"\1","_TRANSPORT":"kernel"}/' "$vmx_l2" >"$tmp/log"
same "JSON of journalctl"
sed 's/^\[.*\] \(.*\)/         "msg": "\1"/' "$vmx_l2" >"$tmp/log"
same "JSON of dmesg"
for end in "   " "$cr" "$cr$cr" "<br>" "&quot;" "${esc}[0m" "#015" "^M" '$' "	" " # a note"; do
	sed "s|\$|$(echo "$end" | sed 's/&/\\&/')|" "$vmx_l2" >"$tmp/log"
	same "'$end' at the end of each line"
done
sed 's/\(crc=[0-9a-f]*\)$/\1a/' "$vmx_l2" >"$tmp/log"
run 1 "a CRC with an extra digit" table "$tmp/log"
err "damaged: torn end line"

# shapes of logs, all made of the same messages: the tables are those of plain.log

shapes=$data/shapes
$KVM_EXITS table "$shapes/plain.log" >"$tmp/table"
$KVM_EXITS steps "$shapes/plain.log" >"$tmp/steps"
while read -r fixture shape; do
	run 0 "table of $shape" table "$shapes/$fixture"
	printed <"$tmp/table"
	silent err
	run 0 "steps of $shape" steps "$shapes/$fixture"
	printed <"$tmp/steps"
done <<'END'
proxmox-syslog.log        /var/log/syslog of Proxmox VE
journalctl-short.log      journalctl
journalctl-verbose.log    journalctl -o verbose
journalctl-export.bin     journalctl -o export, with binary fields
journalctl-json-bytes.json   journalctl -o json with colours, as arrays of bytes
journalctl-json-pretty.json  journalctl -o json-pretty
journalctl-json-marks.json   journalctl -o json with the marks' tag in SYSLOG_IDENTIFIER
rfc5424.log               a syslog server, RFC 5424
busybox-syslogd.log       BusyBox syslogd
rsyslog-octal.log         rsyslog, with colours and CR in octal
systemd-cat.log           dmesg | systemd-cat
dmesg-T.log               dmesg -T
dmesg-iso.log             dmesg --time-format iso
dmesg-J.json              dmesg -J
docker-json-file.json     Docker's json-file
kubernetes-cri.log        Kubernetes, /var/log/pods
kubectl-prefix.log        kubectl logs --prefix --timestamps
logcli-jsonl.json         logcli -o jsonl
loki-streams.json         Loki's API, in a single line
grafana-inspect.json      Grafana's panel data
fluent-bit-stdout.log     Fluent Bit's stdout
fluentd-out-file.log      Fluentd's out_file
vector-file-sink.json     Vector's file sink
elasticsearch-hits.json   a search in Elasticsearch
gelf.json                 GELF
cloudwatch-events.json    aws logs get-log-events
aws-console-output.json   aws ec2 get-console-output, the log as one string
github-actions.log        GitHub Actions
android-kmsg.log          an Android kernel
script-typescript.log     script
minicom-capture.log       minicom's capture file
screen-hardcopy.log       screen -X hardcopy
ipmitool-sol.log          ipmitool sol activate
cat-v.log                 cat -v of a coloured log
netconsole-extended.log   netconsole, extended, with fragments of other messages
vmcore-dmesg.txt          kdump's vmcore-dmesg.txt
github-issue.md           an issue, quoted, in a fence
web-page.html             a web page with <br/>, escaped
web-page-nbsp.html        a web page with </p> and &nbsp;
mail-quoted-printable.eml a mail, quoted-printable
notepad-utf16.txt         UTF-16, little endian, CRLF
notepad-utf16be.txt       UTF-16, big endian, CRLF
notepad-utf8-bom.txt      UTF-8 with a byte order mark, CRLF
old-mac.txt               lines that end with CR
END
# the log as text, and as a list: each message twice
run 0 "table of Ansible's registered output" table "$shapes/ansible-stdout-lines.json"
printed <"$tmp/table"
run 0 "steps of Ansible's registered output" steps "$shapes/ansible-stdout-lines.json"
printed <"$tmp/steps"
run 0 "the parts of a panic in pstore, in the shell's order" steps "$shapes"/dmesg-efi-*
printed <"$tmp/steps"
run 1 "rsyslog's repeated messages" list "$shapes/rsyslog-repeated.log"
out 'the log says "repeated N times" instead of a line: set $RepeatedMsgReduction off in rsyslog.conf'
run 1 "a web page that reduced blanks" table "$shapes/web-page-blanks.txt"
err ": something, such as a web page, reduced its blanks, use the original text"
tac "$shapes/plain.log" >"$tmp/log"
for command in list table diff steps; do
	run 1 "$command of a log with the newest line first" $command "$tmp/log"
	err "the newest line comes first in $tmp/log: reverse it, for example with tac"
	silent out
done
for command in table steps; do
	cat "$shapes/plain.log" "$shapes/plain.log" >"$tmp/log"
	run 0 "$command of a log with all lines twice" $command "$tmp/log"
	printed <"$tmp/$command"
	silent err
done
for end in '20 /var/log/kern.log' '99 hello'; do
	{ cat "$shapes/plain.log"; echo "Jan  1 10:00:00 host user: kvm_exits: $end"; } >"$tmp/log"
	run 0 "table of a log with a line that looks like a dump's" table "$tmp/log"
	printed <"$tmp/table"
	err "warning: $tmp/log:19: this line looks like one of a dump, but is none: ignored"
done
sed 's/kvm_exits_step: //' "$shapes/plain.log" >"$tmp/log"
run 1 "steps without the marks' tag" steps "$tmp/log"
err "no step marks in $tmp/log: without the word kvm_exits_step a line is no mark"

# compressed files, by content, also from a pipe

for program in gzip xz zstd; do
	if ! command -v $program >"$tmp/null"; then
		ok "$program # SKIP not installed"
		continue
	fi
	$program -c "$shapes/plain.log" >"$tmp/packed"
	run 0 "steps of a log compressed with $program" steps "$tmp/packed"
	printed <"$tmp/steps"
	$KVM_EXITS steps <"$tmp/packed" >"$tmp/out" 2>"$tmp/err"
	printed <"$tmp/steps"
	head -n 9 "$shapes/plain.log" | $program -c >"$tmp/log"
	tail -n +10 "$shapes/plain.log" | $program -c >>"$tmp/log"
	run 0 "steps of two parts compressed with $program" steps "$tmp/log"
	printed <"$tmp/steps"
	size=$(wc -c <"$tmp/packed")
	head -c $((size / 2)) "$tmp/packed" >"$tmp/log"
	run 1 "steps of a log compressed with $program that is cut" steps "$tmp/log"
	err "warning: $tmp/log: the compressed data end too soon: the log is read up to there"
	{ head -c $((size / 2)) "$tmp/packed"; echo xxxxxxxxxxxxxxxx; tail -c $((size / 2 - 20)) "$tmp/packed"; } >"$tmp/log"
	run 1 "list of a log compressed with $program that is damaged" list "$tmp/log"
	err "data are damaged: the log is read up to there"
	iconv -t UTF-16 "$shapes/plain.log" | $program -c >"$tmp/log"
	run 0 "table of UTF-16 compressed with $program" table "$tmp/log"
	printed <"$tmp/table"
done

# other kinds of files

# kind BYTES TEXT - a file with these first bytes is refused with the text
kind() {
	{ printf '%b' "$1"; head -c 1000 /dev/zero; } >"$tmp/log"
	run 1 "not a log: $2" table "$tmp/log"
	err "$tmp/log: this is $2"
	silent out
}
kind 'LPKSHHRH' "a binary journal: use journalctl --file"
kind 'PERFILE2' "data of perf record"
kind '\0177ELF' "an ELF file"
kind 'ElfFile' "a Windows event log"
kind '\0324\0303\0262\0241' "a packet capture"
kind 'PK\0003\0004' "a zip archive: use unzip -p"
kind 'BZh91AY' "compressed with bzip2: use bzcat"
tar -C "$shapes" -cf "$tmp/log" plain.log
run 1 "not a log: a tar archive" table "$tmp/log"
err "this is a tar archive: use tar -xOf"
if command -v gzip >"$tmp/null"; then
	gzip -c "$tmp/log" >"$tmp/packed"
	run 1 "not a log: a compressed tar archive" table "$tmp/packed"
	err "this is a tar archive: use tar -xOf"
fi

# the magic of an archive where an archive has it, but in a log
{ printf '%257s' '' | tr ' ' x; echo ustar; cat "$shapes/plain.log"; } >"$tmp/log"
same '"ustar" at byte 257'

# rotated files, in any order

head -n 9 "$shapes/plain.log" >"$tmp/kern.log.1"
tail -n +10 "$shapes/plain.log" >"$tmp/kern.log"
run 0 "rotated files in the shell's order" steps "$tmp/kern.log" "$tmp/kern.log.1"
printed <"$tmp/steps"
run 0 "rotated files in the order of time" steps "$tmp/kern.log.1" "$tmp/kern.log"
printed <"$tmp/steps"
if command -v xz >"$tmp/null"; then
	xz "$tmp/kern.log.1"
	mv "$tmp/kern.log.1.xz" "$tmp/kern.log-20261126.xz"
	mv "$tmp/kern.log" "$tmp/kern.log-20261127"
	: >"$tmp/kern.log"
	run 0 "rotated files with dates" steps "$tmp"/kern.log*
	printed <"$tmp/steps"
fi
cp "$shapes/plain.log" "$tmp/a.log"
head -n 9 "$shapes/plain.log" >"$tmp/b.log"
run 0 "the latest dump is not the last one" table "$tmp/a.log" "$tmp/b.log"
printed <"$tmp/table"

# one host, one boot, a time

lives=$data/two-hosts.log
run 0 "list --host" list --host hosta -F csv "$lives"
if grep -q hostb "$tmp/out"; then not_ok "another host"; else ok "... no other host"; fi
run 0 "diff --host" diff --host hosta "$lives"
out "dump 1 to dump 3, vmx, host hosta,"
run 0 "steps --host" steps --host hosta "$lives"
out "1 step, vmx: 820 exits"
run 1 "table of a host that is not there" table --host hostc "$lives"
err "no dump in $lives is of that host, boot and time"
run 1 "table --boot of two hosts" table --boot 0 "$lives"
err "the log has dumps of the hosts hosta and hostb: choose one with --host"
run 0 "table --boot 0" table --boot 0 "$reload"
out "dump 1, svm, host web1, 2 of 2 CPUs online, 0 VMs, up 50.100 s"
run 0 "table --boot -1" table --boot -1 --dump 1 "$reload"
out "dump 1, svm, host web1,"
run 0 "diff --boot 1" diff --boot 1 "$reload"
out "dump 1 to dump 2, svm, host web1,"
run 0 "table --boot, by time" table --boot 2026-11-26T03:11 "$reload"
out "up 50.100 s"
run 1 "table of a boot that is not there" table --boot 3 "$reload"
err "no boot 3: the log has dumps of 2 boots, which list shows as"
export TZ=UTC
for log in proxmox-syslog.log rfc5424.log dmesg-T.log dmesg-iso.log journalctl-json-pretty.json \
	   journalctl-export.bin docker-json-file.json loki-streams.json logcli-jsonl.json \
	   cloudwatch-events.json elasticsearch-hits.json kubernetes-cri.log; do
	for since in 03:11:40/3 03:11:42.5/2; do
		run 0 "list --since ${since%/*} of $log" list --since "2026-11-26 ${since%/*}" -F csv "$shapes/$log"
		if [ "$(wc -l <"$tmp/out")" -eq ${since#*/} ]; then ok "... these dumps"; else not_ok "other dumps"; fi
	done
done
run 0 "list --since an uptime" list --since 42.5 -F csv "$shapes/plain.log"
if [ "$(wc -l <"$tmp/out")" -eq 2 ]; then ok "... one dump"; else not_ok "not one dump"; fi
run 1 "steps --since, after the step began" steps --since 42.5 "$shapes/plain.log"
err "no step marks"
run 1 "list --since of a log without times of day" list --since '2026-11-26 03:10:30' "$shapes/plain.log"
err "$shapes/plain.log:3: dump 3 has no time of day, which --since needs"
run 1 "list --since tomorrow" list --since '2099-01-01' "$shapes/rfc5424.log"
err "is of that host, boot and time"
for when in yesteryear -2 -2y 25:00 2026-13-01 @x ''; do
	run 2 "--since '$when'" list --since "$when" "$shapes/plain.log"
	err "--since must be a time as in 2026-11-26 03:10"
done
run 2 "times --host" times --host a "$data/times/host.log"

# dumps as they come

mkfifo "$tmp/pipe"
for command in list table diff; do
	$KVM_EXITS $command --follow "$tmp/pipe" >"$tmp/out" 2>"$tmp/err" &
	pid=$!
	exec 3>"$tmp/pipe"
	head -n 15 "$shapes/plain.log" >&3
	seen=no
	case $command in
	list) want="1 dump: 1 complete, 0 damaged" ;;
	table) want="dump 3," ;;
	diff) want='.*' ;;
	esac
	tries=0
	while [ $((tries += 1)) -lt 200 ] && [ $seen = no ]; do
		if grep -q "$want" "$tmp/out" || [ $command = diff ]; then seen=yes; fi
		sleep 0.1
	done
	if [ $seen = yes ]; then ok "$command --follow: the first dump"; else not_ok "$command --follow"; fi
	tail -n +16 "$shapes/plain.log" >&3
	exec 3>&-
	if wait $pid; then ok "... ends with the pipe"; else not_ok "... does not end"; fi
	case $command in
	diff) out "dump 3 to dump 4, svm, host pve1, up 41.207 s to 43.500 s: 1042 exits, 3 reasons" ;;
	list) out "4 " ;;
	table) out "dump 4, svm, host pve1" ;;
	esac
done
$KVM_EXITS table --follow -F csv <"$steps" >"$tmp/out" 2>"$tmp/err"
if [ "$(grep -c '^code,' "$tmp/out")" -eq 1 ] && [ "$(wc -l <"$tmp/out")" -gt 15 ]; then
	ok "table --follow in CSV has one heading"
else
	not_ok "table --follow in CSV"
fi
sed 21d "$steps" >"$tmp/log"
$KVM_EXITS table --follow <"$tmp/log" >"$tmp/out" 2>"$tmp/err"
err "warning: stdin:23: dump 3 is damaged: row lines: 3, the end line says 4"
out "dump 5,"
run 2 "--follow with two files" table --follow "$steps" "$steps"
run 2 "--follow with --dump" table --follow --dump 3 "$steps"
run 2 "steps --follow" steps --follow "$steps"
if [ -r /dev/kmsg ] && head -c 0 /dev/kmsg 2>"$tmp/null"; then
	timeout 60 $KVM_EXITS list /dev/kmsg >"$tmp/out" 2>"$tmp/err"
	case $? in
	[01]) ok "list /dev/kmsg ends" ;;
	*) not_ok "list /dev/kmsg does not end" ;;
	esac
else
	ok "list /dev/kmsg # SKIP it cannot be read"
fi
POSIXLY_CORRECT=1 $KVM_EXITS table --top 1 "$steps" --sort code >"$tmp/out" 2>"$tmp/err"
out "(4 others)"

# damage that only the CRC detects

sed 's/pid=812/pid=813/' "$vmx_l2" >"$tmp/log"
run 1 "another PID" table "$tmp/log"
err "$tmp/log:36: dump 3 is damaged: the CRC of its lines is"
silent out
sed 's/host=web1/host=web2/' "$vmx_l2" >"$tmp/log"
run 1 "another host" table "$tmp/log"
err "the CRC of its lines is"
sed 's/CPUID  /CPUID /' "$vmx_l2" >"$tmp/log"
run 1 "a missing blank" table "$tmp/log"
err "the CRC of its lines is"

# other formats

run 1 "format 1" table "$data/bad-format-1.log"
err "format 1 was never released, kvm-exits reads format 2 only"
run 1 "format 3" table "$data/bad-format-3.log"
err "format 3 is unknown, kvm-exits reads format 2 only"

# times

run 0 "times" times "$data/times/host.log"
printed <<'END'
times of exits, svm, host web1, 2 of 256 CPUs online, 1 VM, up 10.500 s: 14 exits

 code  reason     exits     time us     mean us  longest us  fastpath   kernel    user   halted  sched_out
0x078  hlt            3  499998.100  166666.033  400000.000         .   <0.01%       .  100.00%          .
0x07b  io             5     100.010      20.002      90.000         .   20.00%  79.99%        .      0.01%
0x072  cpuid          4       6.000       1.500       2.000         .   83.33%       .        .     16.67%
0x060  interrupt      2       1.500       0.750       0.900         .  100.00%       .        .          .
       total         14  500105.610   35721.829  400000.000         .    0.01%   0.02%   99.98%     <0.01%
END
run 0 "times by code, as CSV" times --format csv "$data/times/host.log"
printed <<'END'
code,reason,exits,time_us,mean_us,max_us,fastpath_us,kernel_us,user_us,halted_us,sched_out_us
0x060,interrupt,2,1.500,0.750,0.900,0.000,1.500,0.000,0.000,0.000
0x072,cpuid,4,6.000,1.500,2.000,0.000,5.000,0.000,0.000,1.000
0x078,hlt,3,499998.100,166666.033,400000.000,0.000,3.100,0.000,499995.000,0.000
0x07b,io,5,100.010,20.002,90.000,0.000,20.001,80.002,0.000,0.007
END
run 0 "times of steps" times "$data/times/steps.log"
printed <<'END'
all exits of each step, svm, host web1

step    length us  exits     time us    mean us  fastpath  kernel   user  halted  sched_out
disk   500000.000     12  500099.010  41674.917         .   0.01%  0.02%  99.98%     <0.01%
cpuid  500000.000   1000    1000.999      1.000     0.10%  99.90%      .       .          .

by reason

step    code  reason  exits     time us     mean us  fastpath  kernel    user   halted  sched_out
disk   0x078  hlt         3  499993.000  166664.333         .  <0.01%       .  100.00%          .
disk   0x07b  io          5     100.010      20.002         .  20.00%  79.99%        .      0.01%
disk   0x072  cpuid       4       6.000       1.500         .  83.33%       .        .     16.67%
cpuid  0x072  cpuid    1000    1000.999       1.000     0.10%  99.90%       .        .          .
END
run 0 "times of steps --reason" times --reason 'hlt|io' -F csv "$data/times/steps.log"
printed <<'END'
step,code,reason,exits,time_us,mean_us,fastpath_us,kernel_us,user_us,halted_us,sched_out_us
disk,0x078,hlt,3,499993.000,166664.333,0.000,3.000,0.000,499990.000,0.000
disk,0x07b,io,5,100.010,20.002,0.000,20.001,80.002,0.000,0.007
disk,,(1 other),4,6.000,1.500,0.000,5.000,0.000,0.000,1.000
cpuid,,(1 other),1000,1000.999,1.000,0.999,1000.000,0.000,0.000,0.000
END
run 1 "times --reason that no reason matches" times --reason cpiud "$data/times/steps.log"
err "no reason matches 'cpiud': did you mean 'cpuid'?"
silent out
run 2 "times --reason --steps" times --reason hlt --steps "$data/times/steps.log"
run 0 "times of steps --top --sort code" times --top 1 --sort code "$data/times/steps.log"
printed <<'END'
all exits of each step, svm, host web1

step    length us  exits     time us    mean us  fastpath  kernel   user  halted  sched_out
disk   500000.000     12  500099.010  41674.917         .   0.01%  0.02%  99.98%     <0.01%
cpuid  500000.000   1000    1000.999      1.000     0.10%  99.90%      .       .          .

by reason

step    code  reason      exits     time us    mean us  fastpath  kernel   user  halted  sched_out
disk   0x072  cpuid           4       6.000      1.500         .  83.33%      .       .     16.67%
disk          (2 others)      8  500093.010  62511.626         .  <0.01%  0.02%  99.98%     <0.01%
cpuid  0x072  cpuid        1000    1000.999      1.000     0.10%  99.90%      .       .          .
END
run 0 "times of steps, as CSV" times --format csv "$data/times/steps.log"
printed <<'END'
step,code,reason,exits,time_us,mean_us,fastpath_us,kernel_us,user_us,halted_us,sched_out_us
disk,0x072,cpuid,4,6.000,1.500,0.000,5.000,0.000,0.000,1.000
disk,0x078,hlt,3,499993.000,166664.333,0.000,3.000,0.000,499990.000,0.000
disk,0x07b,io,5,100.010,20.002,0.000,20.001,80.002,0.000,0.007
cpuid,0x072,cpuid,1000,1000.999,1.000,0.999,1000.000,0.000,0.000,0.000
END
run 0 "times of steps without reasons" times --steps "$data/times/steps.log"
printed <<'END'
all exits of each step, svm, host web1

step    length us  exits     time us    mean us  fastpath  kernel   user  halted  sched_out
disk   500000.000     12  500099.010  41674.917         .   0.01%  0.02%  99.98%     <0.01%
cpuid  500000.000   1000    1000.999      1.000     0.10%  99.90%      .       .          .
END
sed -e '/begin cpuid/,$s/ vms=1 / vm=81-11 vcpus=1 /' -e 's/ cpus=2.256 vms=1 / vm=80-11 vcpus=1 /' \
	-e 's/ cpus=2.256 vm=/ vm=/' "$data/times/steps.log" >"$tmp/vm-times"
run 0 "times of steps of two VMs" times --steps "$tmp/vm-times"
printed <<'END'
all exits of each step, svm, several VMs

step   host  scope   length us  exits     time us    mean us  fastpath  kernel   user  halted  sched_out
disk   web1  80-11  500000.000     12  500099.010  41674.917         .   0.01%  0.02%  99.98%     <0.01%
cpuid  web1  81-11  500000.000   1000    1000.999      1.000     0.10%  99.90%      .       .          .
END
sed '/begin cpuid/,$s/ host=web1 / host=web2 /' "$data/times/steps.log" >"$tmp/host-times"
run 0 "times of steps of two hosts, as CSV" times --steps -F csv "$tmp/host-times"
printed <<'END'
step,host,scope,length_us,exits,time_us,mean_us,fastpath_us,kernel_us,user_us,halted_us,sched_out_us
disk,web1,host,500000.000,12,500099.010,41674.917,0.000,28.001,80.002,499990.000,1.007
cpuid,web2,host,500000.000,1000,1000.999,1.000,0.999,1000.000,0.000,0.000,0.000
END
run 0 "times of steps without reasons, as CSV" times --steps --format csv "$data/times/steps.log"
printed <<'END'
step,length_us,exits,time_us,mean_us,fastpath_us,kernel_us,user_us,halted_us,sched_out_us
disk,500000.000,12,500099.010,41674.917,0.000,28.001,80.002,499990.000,1.007
cpuid,500000.000,1000,1000.999,1.000,0.999,1000.000,0.000,0.000,0.000
END
run 1 "times --steps without marks" times --steps "$data/times/host.log"
err "no step marks in $data/times/host.log"
run 2 "table --steps" table --steps "$steps"
err "unrecognized option '--steps'"
sed 's/cpus=2.256 vms=1/vm=812-11 vcpu=0/' "$data/times/host.log" >"$tmp/log"
run 0 "times of a vCPU" times "$tmp/log"
out "times of exits, svm, host web1, VM 812-11, vCPU 0, up 10.500 s: 14 exits"
sed 's/cpus=2.256 vms=1/vm=812 vcpu=0/' "$data/times/host.log" >"$tmp/log"
run 1 "times of a VM whose name has no file descriptor" times "$tmp/log"
err "$tmp/log:1: torn line of times"
run 0 "times of steps, as JSON" times --format json "$data/times/steps.log"
out '"reasons": ['

# refuse NAME SED-SCRIPT ERROR - times of steps changed by the script are refused
refuse() {
	sed "$2" "$data/times/steps.log" >"$tmp/log"
	run 1 "times: $1" times "$tmp/log"
	err "$3"
	silent out
}
refuse "no end line" 6d "$tmp/log:2: the times that begin here have no end line"
refuse "no end line at the end of the log" '5,$d' "$tmp/log:2: the times that begin here have no end line"
refuse "no begin line" 2d "$tmp/log:2: no begin line of times before this line"
refuse "no heads" 3d "$tmp/log:3: torn line of times"
refuse "parts that do not add up to the sum" '4s/1500 /1505 /' "$tmp/log:4: torn line of times"
refuse "buckets that do not add up to the number" "4s/0,0,0,0,2/0,0,0,0,3/" "$tmp/log:4: torn line of times"
refuse "a missing field" '4s/ 0,0,0,0,2//' "$tmp/log:4: torn line of times"
refuse "an extra field" '4s/$/ 1/' "$tmp/log:4: torn line of times"
refuse "an unknown format" '2s/format=2/format=3/' "$tmp/log:2: no begin line of times before this line"
refuse "one reading in a step" 7,13d "$tmp/log:1: step disk has fewer than two readings of times"
refuse "another host" '7s/web1/web2/' "$tmp/log:7: these times and those of $tmp/log:2 are of different counters"
refuse "another load of kvm.ko" '7s/03:10/03:11/' "are of different counters"
refuse "missing heads and a missing reason" 8,9d "torn line of times"
refuse "a missing reason" 9d "$tmp/log:7: interrupt is missing, but was there before"
refuse "a time that goes down" '4s/1500/1700/g' "$tmp/log:7: interrupt went down"
refuse "an uptime that goes down" '2s/10.000/10.700/' "$tmp/log:7: the uptime is lower than before"
refuse "a step that does not end" '$d' "step cpuid begins, but never ends"
run 1 "times of a log that has only dumps" times "$steps"
err "no times of VM exits in $steps"
run 1 "table of a file of times" table "$data/times/host.log"
err "no dump of VM-exit counters in"
run 2 "times --sort count" times --sort count "$data/times/host.log"
err "--sort must be time or code, not 'count'"
run 2 "times --dump" times --dump 1 "$data/times/host.log"
err "unrecognized option '--dump'"
sed 's/^/<6>[   1.5] /;s/$/\r/' "$data/times/host.log" >"$tmp/log"
run 0 "times with prefixes and CRLF" times "$tmp/log"

# damage: dump 1 is lines 3 to 9, dump 2 lines 11 to 17, dump 3 lines 18 to 24, dump 5
# lines 34 to 41

sed 21d "$steps" >"$tmp/log"
run 1 "list with dump 3 damaged" list "$tmp/log"
out "damaged: $tmp/log:23: row lines: 3, the end line says 4"
run 0 "table after a damaged dump" table "$tmp/log"
err "warning: $tmp/log:23: dump 3 is damaged: row lines: 3, the end line says 4"
run 1 "table of a damaged dump" table --dump 3 "$tmp/log"
err "$tmp/log:23: dump 3 is damaged"
silent out
run 0 "diff across a damaged dump" diff "$tmp/log"
err "warning: $tmp/log:23: dump 3 is damaged: row lines: 3, the end line says 4"
out "dump 1 to dump 5,"
run 0 "diff across a damaged dump, one dump named" diff --from 1 "$tmp/log"
err "warning: "
run 0 "diff across a damaged dump, both dumps named" diff --from 1 --to 5 "$tmp/log"
err "warning: "
run 1 "diff from a damaged dump" diff --from 3 --to 5 "$tmp/log"
run 1 "steps with a damaged dump" steps "$tmp/log"
err "dump 3 is damaged among the steps"
silent out
sed 5d "$steps" >"$tmp/log"
run 0 "steps after a damaged dump" steps "$tmp/log"
err "warning: $tmp/log:8: dump 1 is damaged"
run 0 "diff with the first dump damaged" diff "$tmp/log"
err "warning: $tmp/log:8: dump 1 is damaged"
out "dump 2 to dump 5,"
run 1 "diff with the first dump damaged and named" diff --from 1 "$tmp/log"
silent out
run 0 "diff without the first dump" diff --from 2 "$tmp/log"
sed 41d "$steps" >"$tmp/log"
run 0 "table with the last dump damaged" table "$tmp/log"
err "warning: $tmp/log:40: dump 5 is damaged: no end line after this line"
out "dump 4,"
run 1 "table of the last dump, which is damaged" table --dump 5 "$tmp/log"
silent out
run 0 "diff with the last dump damaged" diff "$tmp/log"
err "warning: $tmp/log:40: dump 5 is damaged: no end line after this line"
out "dump 1 to dump 4,"
run 1 "diff to the last dump, which is damaged" diff --to 5 "$tmp/log"
silent out
run 0 "diff of files with the last dump damaged" diff "$tmp/early" "$tmp/log"
err "warning: $tmp/log:40: dump 5 is damaged"
out "dump 1 of $tmp/early to dump 4 of $tmp/log"
run 1 "diff of files with the last dump damaged and named" diff --to 5 "$tmp/early" "$tmp/log"
silent out
run 0 "diff of files with a complete dump named" diff --to 4 "$tmp/early" "$tmp/log"
sed 18,24d "$steps" >"$tmp/log"
run 1 "steps with a missing dump" steps "$tmp/log"

# random input is refused without a crash

head -c 100000 /dev/urandom >"$tmp/log"
run 1 "list of random bytes" list "$tmp/log"
{ head -c 100000 /dev/zero; echo; cat "$steps"; } >"$tmp/log"
run 0 "steps of a log after NULs" steps "$tmp/log"

echo "1..$n"
