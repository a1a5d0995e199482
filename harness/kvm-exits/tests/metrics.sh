#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Test the command metrics: what it writes, where, and what it refuses. "make check" runs
# this. $KVM_EXITS is the command to test. Prints TAP.
# shellcheck disable=SC2319 # $? is meant to be the status of a condition.
set -u
: "${KVM_EXITS:?the command to test}"

data=$(dirname "$0")/data
tmp=$(mktemp -d)
chmod 755 "$tmp"
trap 'rm -rf "$tmp"' EXIT
n=0

# ok STATUS NAME - a test point: STATUS is 0 if it passed
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		sed 's/^/# /' "$tmp/out" "$tmp/err"
	fi
}

# run STATUS NAME ARG... - run metrics with ARGs and check the exit status
run() {
	want=$1 name=$2
	shift 2
	$KVM_EXITS metrics "$@" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq "$want" ]
	ok $? "$name"
}

# has FILE LINE... - FILE, "out" or a path, has each LINE once
has() {
	file=$1
	[ "$file" != out ] || file=$tmp/out
	shift
	for line; do
		[ "$(grep -cxF -- "$line" "$file")" = 1 ]
		ok $? "... has the line $line"
	done
}

# lacks REGEX - the output has no such line
lacks() {
	! grep -qE -- "$1" "$tmp/out"
	ok $? "... has no line $1"
}

# err TEXT - the last run printed one line with TEXT on stderr, besides the hint which
# help to read
err() {
	grep -qF -- "$1" "$tmp/err" && [ "$(grep -vc '^kvm-exits: try ' "$tmp/err")" = 1 ]
	ok $? "... prints: $1"
}

# printed - the last run printed exactly the text on standard input
printed() {
	cat >"$tmp/want"
	diff "$tmp/want" "$tmp/out" >"$tmp/err"
	ok $? "... prints exactly the expected text"
}

# a made-up debugfs folder with two VMs

debugfs=$tmp/kvm
mkdir -p "$debugfs/812-11" "$debugfs/900-12"
sed -n 11,15p "$data/good-live.log" >"$debugfs/exit_counters"
sed -n 1,5p "$data/good-vm.log" >"$debugfs/812-11/exit_counters"
tail -5 "$data/good-vm.log" | grep kvm_exits >"$debugfs/900-12/exit_counters"
cat >"$debugfs/exit_reasons" <<'END'
96 0x060 interrupt
114 0x072 cpuid
119 0x077 pause
END

run 0 "metrics of debugfs" --debugfs "$debugfs"
printed <<'END'
# HELP kvm_exit_counters_up Whether the exit counters could be read.
# TYPE kvm_exit_counters_up gauge
kvm_exit_counters_up 1
# HELP kvm_exit_counters_info The instruction set whose exit reasons these are, and the host's name.
# TYPE kvm_exit_counters_info gauge
kvm_exit_counters_info{isa="svm",host="web1"} 1
# HELP kvm_exit_counters_loaded_timestamp_seconds When kvm.ko was loaded, in seconds since 1970.
# TYPE kvm_exit_counters_loaded_timestamp_seconds gauge
kvm_exit_counters_loaded_timestamp_seconds 1795662622.118
# HELP kvm_exit_counters_uptime_seconds When the counters were read, by the clock of the kernel log.
# TYPE kvm_exit_counters_uptime_seconds gauge
kvm_exit_counters_uptime_seconds 7.000
# HELP kvm_exit_counters_cpus CPUs that are online.
# TYPE kvm_exit_counters_cpus gauge
kvm_exit_counters_cpus 2
# HELP kvm_exits_total VM exits since kvm.ko was loaded, by reason and by the level of the guest.
# TYPE kvm_exits_total counter
kvm_exits_total{reason="interrupt",kind="interrupt",level="L1"} 130
kvm_exits_total{reason="cpuid",kind="CPUID",level="L1"} 25
kvm_exits_total{reason="pause",kind="PAUSE",level="L1"} 0
# HELP kvm_vms VMs that exist.
# TYPE kvm_vms gauge
kvm_vms 1
# HELP kvm_vms_omitted VMs without metrics of their own in this file.
# TYPE kvm_vms_omitted gauge
kvm_vms_omitted 0
# HELP kvm_vm_vcpus vCPUs of a VM.
# TYPE kvm_vm_vcpus gauge
kvm_vm_vcpus{vm="900-12",name="-"} 1
kvm_vm_vcpus{vm="812-11",name="-"} 2
# HELP kvm_vm_exits_total VM exits of a VM since its creation, by reason and by the level of the guest.
# TYPE kvm_vm_exits_total counter
kvm_vm_exits_total{vm="900-12",name="-",reason="interrupt",kind="interrupt",level="L1"} 40
kvm_vm_exits_total{vm="900-12",name="-",reason="cpuid",kind="CPUID",level="L1"} 5
kvm_vm_exits_total{vm="812-11",name="-",reason="interrupt",kind="interrupt",level="L1"} 20
kvm_vm_exits_total{vm="812-11",name="-",reason="cpuid",kind="CPUID",level="L1"} 5
END
cp "$tmp/out" "$tmp/plain"

run 0 "metrics of the VM with the most exits" --debugfs "$debugfs" --max-vms 1
has out 'kvm_vms_omitted 1' 'kvm_vm_vcpus{vm="900-12",name="-"} 1'
lacks 812-11
run 0 "metrics of no VM" --debugfs "$debugfs" --max-vms 0
has out 'kvm_vms_omitted 2'
lacks kvm_vm_

run 0 "OpenMetrics" --debugfs "$debugfs" --format openmetrics
has out '# TYPE kvm_exits counter' '# TYPE kvm_exit_counters info' \
	'# UNIT kvm_exit_counters_uptime_seconds seconds' \
	'kvm_exits_total{reason="cpuid",kind="CPUID",level="L1"} 25'
[ "$(tail -1 "$tmp/out")" = "# EOF" ]
ok $? "... ends with # EOF"
grep -v '^#' "$tmp/plain" >"$tmp/a"
grep -v '^#' "$tmp/out" >"$tmp/b"
cmp -s "$tmp/a" "$tmp/b"
ok $? "... has the same samples as the other format"

# times

cp "$data/times/host.log" "$debugfs/exit_times"
run 0 "metrics with times" --debugfs "$debugfs"
has out 'kvm_exit_times_enabled 1' '# TYPE kvm_exit_duration_seconds histogram' \
	'kvm_exit_duration_seconds_bucket{reason="cpuid",kind="CPUID",le="4e-09"} 0' \
	'kvm_exit_duration_seconds_bucket{reason="cpuid",kind="CPUID",le="1.02e-06"} 0' \
	'kvm_exit_duration_seconds_bucket{reason="cpuid",kind="CPUID",le="4.1e-06"} 4' \
	'kvm_exit_duration_seconds_bucket{reason="cpuid",kind="CPUID",le="17.2"} 4' \
	'kvm_exit_duration_seconds_bucket{reason="cpuid",kind="CPUID",le="+Inf"} 4' \
	'kvm_exit_duration_seconds_count{reason="cpuid",kind="CPUID"} 4' \
	'kvm_exit_duration_seconds_sum{reason="cpuid",kind="CPUID"} 0.000006000' \
	'kvm_exit_duration_max_seconds{reason="hlt",kind="HLT"} 0.400000000' \
	'kvm_exit_time_seconds_total{reason="hlt",kind="HLT",part="halted"} 0.499995000' \
	'kvm_exit_time_seconds_total{reason="io",kind="port I/O",part="user"} 0.000080002'
[ "$(grep -c 'bucket{reason="hlt"' "$tmp/out")" = 18 ]
ok $? "... has 18 buckets for each reason"
sed -i 's/tsc_khz=1000000/tsc_khz=2893202/' "$debugfs/exit_times"
run 0 "metrics with times of another TSC" --debugfs "$debugfs"
has out 'kvm_exit_duration_seconds_bucket{reason="cpuid",kind="CPUID",le="1.42e-06"} 4'
sed -i '/0x/d; s/times=on/times=off/' "$debugfs/exit_times"
run 0 "metrics with times off" --debugfs "$debugfs"
has out 'kvm_exit_times_enabled 0'
lacks kvm_exit_duration
rm "$debugfs/exit_times"

# logs

run 0 "metrics of the last dump in a log" "$data/good-live.log"
has out 'kvm_exits_total{reason="interrupt",kind="interrupt",level="L1"} 140' \
	'kvm_vm_exits_total{vm="812",name="qemu-system-x86"} 60' \
	'kvm_vm_vcpus{vm="812",name="qemu-system-x86"} 2' 'kvm_exit_counters_uptime_seconds 8.000'
lacks kvm_failed_entries
run 0 "metrics of a log and more files" "$data/good-live.log" "$data/times/host.log" \
	"$debugfs/exit_reasons"
has out 'kvm_exits_total{reason="pause",kind="PAUSE",level="L1"} 0' \
	'kvm_exit_duration_seconds_count{reason="cpuid",kind="CPUID"} 4'
$KVM_EXITS metrics - <"$data/good-live.log" >"$tmp/out" 2>"$tmp/err"
ok $? "metrics of standard input"
has out 'kvm_exits_total{reason="interrupt",kind="interrupt",level="L1"} 140'

# The levels sum up to the total, and failed entries are in their reason's row.
run 0 "metrics of a log with L2" "$data/good-vmx-l2.log"
total=$(sed -n 's/.* end rows=.* exits=\([0-9]*\) .*/\1/p' "$data/good-vmx-l2.log" | tail -1)
sum=$(awk '/^kvm_exits_total/ { sum += $NF } END { print sum }' "$tmp/out")
[ -n "$total" ] && [ "$total" = "$sum" ]
ok $? "... the sum of kvm_exits_total, $sum, is the number of exits, $total"
grep -q '^kvm_exits_total{.*level="L2"} [1-9]' "$tmp/out"
ok $? "... there are exits from L2"
grep -q '^kvm_failed_entries_total{level="L1"} [0-9]' "$tmp/out"
ok $? "... failed entries have a metric of their own"

# --output

out=$tmp/folder/kvm-exits.prom
mkdir "$tmp/folder"
(umask 077 && $KVM_EXITS metrics --debugfs "$debugfs" --output "$out") >"$tmp/out" 2>"$tmp/err"
ok $? "metrics --output"
cmp -s "$out" "$tmp/plain"
ok $? "... writes what is printed without it"
[ "$(stat -c %a "$out")" = 644 ]
ok $? "... all users can read the file, whatever the umask is"
[ ! -s "$tmp/out" ]
ok $? "... prints nothing"
before=$(stat -c %i "$out")
run 0 "metrics --output again" --debugfs "$debugfs" --output "$out"
[ "$(stat -c %i "$out")" != "$before" ]
ok $? "... replaces the file by a new one"
[ "$(ls -A "$tmp/folder")" = kvm-exits.prom ]
ok $? "... leaves no other file in the folder"

# A file that cannot be written completely does not replace the old one.
(
	trap '' XFSZ
	ulimit -f 1
	$KVM_EXITS metrics --debugfs "$debugfs" --output "$out"
) >"$tmp/out" 2>"$tmp/err"
[ $? = 1 ]
ok $? "metrics --output to a full disk fails"
err "cannot write $out: File too large"
cmp -s "$out" "$tmp/plain"
ok $? "... keeps the old file"
[ "$(ls -A "$tmp/folder")" = kvm-exits.prom ]
ok $? "... leaves no temporary file"

# While the file is being written, it has another name, which does not end in .prom.
mkfifo "$tmp/fifo"
rm "$out"
$KVM_EXITS metrics --output "$out" "$data/good-live.log" "$tmp/fifo" 2>"$tmp/err" &
pid=$!
sleep 1
[ "$(ls "$tmp/folder")" = "" ]
ok $? "metrics that waits for its input has not written a file"
: >"$tmp/fifo"
wait $pid
ok $? "... and writes it then"
has "$out" 'kvm_exit_counters_up 1'

# what fails

run 1 "no debugfs" --debugfs "$tmp/none"
err "debugfs is not mounted"
run 1 "no counters" --debugfs "$tmp/folder"
err "this KVM has no exit counters"
[ ! -s "$tmp/out" ]
ok $? "... prints nothing on stdout"
run 1 "no counters with --output" --debugfs "$tmp/folder" --output "$out"
err "this KVM has no exit counters"
has "$out" 'kvm_exit_counters_up 0'
[ "$(grep -vc '^#' "$out")" = 1 ]
ok $? "... has no other sample"

for log in "$data"/bad-*.log; do
	case $log in
	*/bad-no-dump.log) why="no dump of a host's exit counters in $log" ;;
	*) why="is damaged" ;;
	esac
	$KVM_EXITS metrics "$log" >"$tmp/out" 2>"$tmp/err"
	status=$?
	if $KVM_EXITS table "$log" >/dev/null 2>&1; then
		# Only an earlier dump is damaged.
		[ $status = 0 ]
		ok $? "metrics of ${log##*/}, whose last dump is complete"
	else
		[ $status = 1 ] && [ ! -s "$tmp/out" ] && grep -qF "$why" "$tmp/err"
		ok $? "metrics of ${log##*/} fails: $(cat "$tmp/err")"
	fi
done
run 1 "a log of VMs only" "$data/good-vm.log"
err "no dump of a host's exit counters in $data/good-vm.log"
run 1 "a missing log" "$tmp/none"
err "cannot open $tmp/none: No such file or directory"
sed 's/,0,0,0,5$/,0,0,5/; /end$/d' "$data/times/host.log" >"$tmp/times"
run 1 "damaged times" "$data/good-live.log" "$tmp/times"
err "have no end line"
sed 's/0,0,0,0,2$/1,0,0,0,2/' "$data/times/host.log" >"$tmp/times"
run 1 "times with a wrong bucket" "$data/good-live.log" "$tmp/times"
err "torn line of times"
sed 's/0,0,0,0,2$/0,0,0,0,2,0,0,0,0,0,0,0,0,0,0,0,0,0,0/' "$data/times/host.log" >"$tmp/times"
run 1 "times with 19 buckets" "$data/good-live.log" "$tmp/times"
err "torn line of times"

run 1 "--output in a missing folder" --output "$tmp/none/a.prom" "$data/good-live.log"
err "cannot write $tmp/none/a.prom: No such file or directory"
mkdir "$tmp/a.prom"
run 1 "--output to a folder" --output "$tmp/a.prom" "$data/good-live.log"
err "cannot write $tmp/a.prom: Is a directory"
[ "$(ls -A "$tmp" | grep -c 'a\.prom')" = 1 ]
ok $? "... leaves no temporary file"
# Full disks and other users need root.
if [ "$(id -u)" = 0 ] && [ -e /dev/full ]; then
	$KVM_EXITS metrics "$data/good-live.log" >/dev/full 2>"$tmp/err"
	[ $? = 1 ]
	ok $? "metrics to a full disk fails"
	err "cannot write the output: No space left on device"
	chmod 700 "$debugfs"
	program=$(command -v ${KVM_EXITS##* })
	cp "$program" "$tmp/kvm-exits"
	chmod 755 "$tmp/kvm-exits"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/kvm-exits" metrics \
		--debugfs "$debugfs" >"$tmp/out" 2>"$tmp/err"
	[ $? = 1 ]
	ok $? "metrics as a user who cannot read debugfs fails"
	err "run kvm-exits as root"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$tmp/kvm-exits" metrics \
		--output "$out" <"$data/good-live.log" - >"$tmp/out" 2>"$tmp/err"
	[ $? = 1 ]
	ok $? "metrics as a user who cannot write the folder fails"
	err "cannot write $out: Permission denied"
fi

run 2 "--output to a name that node_exporter ignores" --output "$tmp/folder/x" "$data/good-live.log"
err "must end in .prom"
run 2 "an unknown format" --format csv "$data/good-live.log"
err "--format must be prometheus or openmetrics, not 'csv'"
run 2 "a wrong number of VMs" --max-vms many
err "--max-vms must be a number of VMs, not 'many'"
run 2 "--debugfs and a log" --debugfs "$debugfs" "$data/good-live.log"
err "metrics reads --debugfs or FILEs, not both"
run 2 "standard input twice" - -
run 2 "an unknown option" --top 3
run 0 "--help" --help
has out 'Usage: kvm-exits metrics [OPTION...] [FILE...]'

echo "1..$n"
