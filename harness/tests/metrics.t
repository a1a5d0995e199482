#!/usr/bin/expect
# SPDX-License-Identifier: GPL-2.0
# The metrics of kvm-exits in real programs: node_exporter reads the files of three hosts,
# Prometheus scrapes them and evaluates the rules, and its answers are the counts of the
# dumps.  An exit storm on an emulated host fires the alert.
source [file dirname [info script]]/lib/tap.tcl
source $harness/target/times.tcl

set programs $built/prometheus/usr/bin
set sources $harness/kvm-exits/prometheus

# The services that this test has started: a dict from PID to command
set services {}

# Start a service, with its output in the file `log`.
proc serve {log args} {
    global services
    dict set services [exec setpriv --pdeathsig TERM {*}$args > $log 2>@1 &] $args
}

# Returns whether the process `pid` still runs.
proc runs {pid} {
    return [expr {![catch {read_file /proc/$pid/stat} stat] && ![regexp {\) [ZX] } $stat]}]
}

# End all services, and wait until they have ended.
proc end_services {} {
    global services
    foreach pid [dict keys $services] {
        catch {exec kill $pid}
        for {set i 0} {[runs $pid] && $i < 100} {incr i} { after 100 }
        if {[runs $pid]} { catch {exec kill -KILL $pid} }
    }
    set services {}
}

# Returns a TCP port of 127.0.0.1 that is free now.
proc free_port {} {
    set socket [socket -server list -myaddr 127.0.0.1 0]
    set port [lindex [chan configure $socket -sockname] 2]
    close $socket
    return $port
}

# Evaluate `script` until it is true, for at most `seconds`.  Returns whether it was.
proc wait_for {seconds script} {
    set end [expr {[clock seconds] + $seconds}]
    while {![uplevel 1 [list expr $script]]} {
        if {[clock seconds] > $end} { return no }
        after 100
    }
    return yes
}

# Returns what Prometheus answers to the query `expression`: a list of a dict of labels
# and a value for each series.  Throws an error if it is no query.
proc query {expression} {
    global programs prometheus_port
    set answer {}
    foreach line [split [exec $programs/promtool query instant http://127.0.0.1:$prometheus_port $expression] \n] {
        if {[regexp {^(?:[A-Za-z_:0-9]*)(?:\{(.*)\})? => (\S+) @} $line - labels value]} {
            lappend answer [regsub -all {(\w+)="([^"]*)"(, )?} $labels {\1 {\2} }] $value
        }
    }
    return $answer
}

# Returns the answer to a query as a dict from the labels `names`, joined by blanks, to
# the value.
proc answers {expression args} {
    set result {}
    foreach {labels value} [query $expression] {
        # Prometheus omits empty labels.
        dict set result [join [lmap name $args { dict get [dict merge [list $name ""] $labels] $name }]] $value
    }
    return $result
}

# Returns the names of the alerts of the host `instance` that fire now.
proc firing {instance} {
    return [lsort -unique [dict keys [answers "ALERTS{alertstate=\"firing\",instance=\"$instance\"}" alertname]]]
}

# Returns the alerts that have fired since Prometheus was started: INSTANCE/NAME of each.
# Those about times are omitted: with windows of 1 s, a single long exit can fire them.
proc have_fired {} {
    set fired [answers {max_over_time(ALERTS{alertstate="firing",alertname!~"KvmExitsTakeLong|KvmVcpusStall"}[1h])} instance alertname]
    return [lsort [lmap key [dict keys $fired] { join $key / }]]
}

# Report a test point: the numbers in `is` and in `wanted`, dicts, are the same.
proc same_numbers {is wanted what} {
    set wrong {}
    foreach key [lsort -unique [concat [dict keys $is] [dict keys $wanted]]] {
        set a [expr {[dict exists $is $key] ? [dict get $is $key] : "nothing"}]
        set b [expr {[dict exists $wanted $key] ? [dict get $wanted $key] : "nothing"}]
        if {$a ne $b && !([string is double -strict $a] && [string is double -strict $b] && abs($a - $b) <= 1e-9 * abs($b))} {
            lappend wrong "$key: Prometheus answers $a, the dump has $b"
        }
    }
    tap_ok [expr {$wrong eq "" && [dict size $wanted] > 0}] $what [join [lrange $wrong 0 19] \n]
}

# Returns the rows of a dump in the log `path`: a dict from reason to the number in
# `column`, without zeros.
proc dump_counts {path column} {
    set counts {}
    foreach row [counts_csv [exec -ignorestderr $::tool table --format csv $path]] {
        if {[dict get $row code] ne "also" && [dict exists $row $column] && [dict get $row $column] > 0} {
            dict set counts [dict get $row reason] [dict get $row $column]
        }
    }
    return $counts
}

# Report whether the metrics of the host `instance` are the counts of the dump in `path`.
proc same_as_dump {instance path} {
    set wanted [dump_counts $path total]
    set is [answers "sum by (reason) (kvm_exits_total{instance=\"$instance\"}) > 0" reason]
    same_numbers $is $wanted "$instance: Prometheus has each of the [dict size $wanted] reasons of the dump"
    foreach reason [lrange [lsort -stride 2 -index 1 -integer -decreasing $wanted] 0 5] {
        if {[dict exists $wanted $reason]} {
            tap_note "$instance: $reason: dump [dict get $wanted $reason], Prometheus [expr {[dict exists $is $reason] ? [dict get $is $reason] : "nothing"}]"
        }
    }
    set exits [lindex [regexp -all -inline {kvm_exits: \d+ end rows=\d+ exits=(\d+) } [read_file $path]] end]
    same_numbers [answers "sum by (instance) (kvm_exits_total{instance=\"$instance\"})" instance] [dict create $instance $exits] \
        "$instance: the sum over all labels is the number of exits, $exits"
}

# Report whether the metrics of times of the host `instance` are those in the text `path`.
proc same_as_times {instance path} {
    set figures {}
    dict for {reason row} [times_read $path] {
        dict set figures "$reason number" [dict get $row number]
        foreach part {sum max fastpath kernel user halted sched_out} {
            dict set figures "$reason $part" [expr {[dict get $row $part] / 1e9}]
        }
        set n 0
        set i 0
        foreach bucket [split [dict get $row buckets] ,] {
            dict set figures "$reason bucket [incr i]" [incr n $bucket]
        }
    }
    set is {}
    foreach {metric name} {duration_seconds_count number duration_seconds_sum sum duration_max_seconds max} {
        dict for {reason value} [answers "kvm_exit_${metric}{instance=\"$instance\"}" reason] {
            dict set is "$reason $name" $value
        }
    }
    dict for {key value} [answers "kvm_exit_time_seconds_total{instance=\"$instance\"}" reason part] {
        dict set is $key $value
    }
    regexp {tsc_khz=(\d+)} [read_file $path] - khz
    dict for {key value} [answers "kvm_exit_duration_seconds_bucket{instance=\"$instance\"}" reason le] {
        lassign $key reason le
        # The text of times omits empty buckets at the end.
        set bucket [expr {$le eq "+Inf" ? 18 : round(log($le * $khz * 1e3) / log(4))}]
        if {[dict exists $figures "$reason bucket $bucket"]} { dict set is "$reason bucket $bucket" $value }
    }
    same_numbers $is $figures "$instance: Prometheus has the [dict size $figures] times and buckets of exit_times"
}

# Report whether promtool accepts the metrics in the file `path`, without a word.
proc check_metrics {path} {
    set failed [catch {exec $::programs/promtool check metrics < $path 2>@1} message]
    tap_ok [expr {!$failed && $message eq ""}] "promtool finds no fault in the metrics [file tail $path]" $message
}

# Report whether promtool accepts the rules, and whether systemd accepts the units.
proc check_files {work} {
    global programs sources tool
    set failed [catch {exec $programs/promtool check rules $sources/kvm-exits.rules.yml 2>@1} message]
    tap_ok [expr {!$failed && [regexp {SUCCESS: (\d+) rules} $message - rules]}] "promtool accepts the rules" $message
    set failed [catch {exec $programs/promtool test rules $sources/kvm-exits.rules.test.yml 2>@1} message]
    tap_ok [expr {!$failed && [regexp {SUCCESS} $message]}] "promtool: each rule has the results that its tests expect" $message
    set tests [read_file $sources/kvm-exits.rules.test.yml]
    set without [lmap {- alert} [regexp -all -inline -line -- {- alert: (\S+)$} [read_file $sources/kvm-exits.rules.yml]] {
        # at least one time when it is silent and one when it fires
        if {[regexp "alertname: $alert\n +eval_time: \\S+\n +(?!exp_alerts)" $tests] &&
            [regexp "alertname: $alert\n +eval_time: \\S+\n +exp_alerts" $tests]} continue
        set alert
    }]
    tap_ok [expr {$without eq ""}] "each alert has a test in which it fires and one in which it is silent" $without

    if {[auto_execok systemd-analyze] eq ""} {
        tap_skip "systemd accepts the units" "systemd-analyze is not installed"
        return
    }
    file mkdir $work/units
    foreach unit [glob $sources/*.service $sources/*.timer] {
        # The program is not installed in /usr/bin here.
        write_file $work/units/[file tail $unit] [string map [list /usr/bin/kvm-exits $tool] [read_file $unit]]
    }
    set failed [catch {exec systemd-analyze verify --man=no {*}[glob $work/units/*] 2>@1} message]
    tap_ok [expr {!$failed && $message eq ""}] "systemd accepts the units" $message
    set failed [catch {exec systemd-analyze security --offline=yes --threshold=15 $work/units/kvm-exits-metrics.service 2>@1} message]
    tap_ok [expr {!$failed}] "systemd: the service has an exposure of at most 1.5" $message
}

# Start node_exporter for each folder in `folders`, a dict from instance to folder, a web
# server for the files in `direct`, and Prometheus.  It reads the rules with windows of
# 1 s instead of 5 minutes: the storm on the emulated host lasts less than 2 s.
proc start_prometheus {work folders direct} {
    global programs sources prometheus_port
    set jobs ""
    dict for {instance folder} $folders {
        set port [free_port]
        serve $work/node-$instance.log $programs/prometheus-node-exporter --web.listen-address=127.0.0.1:$port \
            --collector.disable-defaults --collector.textfile --collector.textfile.directory=$folder
        append jobs "      - targets: \['127.0.0.1:$port'\]\n        labels: {instance: $instance}\n"
    }
    set web [free_port]
    write_file $work/httpd.conf ".om:application/openmetrics-text; version=1.0.0; charset=utf-8\n"
    serve $work/httpd.log busybox httpd -f -p 127.0.0.1:$web -h $direct -c $work/httpd.conf
    set rules [read_file $sources/kvm-exits.rules.yml]
    write_file $work/rules.yml [string map {\[5m\] \[1s\] "for: 5m" "for: 500ms"} $rules]
    set config "global: {scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms}
rule_files: \[rules.yml\]
scrape_configs:
  - job_name: node
    static_configs:
$jobs"
    foreach file {live.prom live.om} {
        append config "  - job_name: $file
    metrics_path: /$file
    static_configs:
      - targets: \['127.0.0.1:$web'\]
        labels: {instance: $file}
"
    }
    write_file $work/prometheus.yml $config
    set failed [catch {exec $programs/promtool check config $work/prometheus.yml 2>@1} message]
    tap_ok [expr {!$failed}] "promtool accepts the configuration" $message
    set prometheus_port [free_port]
    serve $work/prometheus.log $programs/prometheus --config.file=$work/prometheus.yml --storage.tsdb.path=$work/data \
        --web.listen-address=127.0.0.1:$prometheus_port --log.level=warn
    set up [wait_for 60 {![catch {query "count(up == 1) == [dict size $folders] + 2"} answer] && $answer ne ""}]
    tap_ok $up "Prometheus scrapes [dict size $folders] node_exporters, and one host directly in both formats" \
        "[expr {[catch {query up} answer] ? "" : $answer}]\n[read_file $work/prometheus.log]"
}

# Put the files `names` of the dict `files` into `folder` one after the other, at the
# intervals at which they were written.
proc replay {files names folder} {
    set began ""
    foreach name $names {
        set text [dict get $files $name]
        regexp -line {^kvm_exit_counters_uptime_seconds ([0-9.]+)$} $text - uptime
        set now [clock milliseconds]
        if {$began eq ""} { set began [expr {$now - 1000 * $uptime}] }
        set wait [expr {round($began + 1000 * $uptime - $now)}]
        if {$wait > 0} { after $wait }
        write_file $folder/.new $text
        file rename -force $folder/.new $folder/kvm-exits.prom
    }
}

# Returns the sum of kvm_exits_total and the uptime in the text of a file of metrics.
proc exits_in {text} {
    set exits 0
    foreach {- n} [regexp -all -inline -line {^kvm_exits_total\{.*\} (\d+)$} $text] { incr exits $n }
    regexp -line {^kvm_exit_counters_uptime_seconds ([0-9.]+)$} $text - uptime
    return [list $exits $uptime]
}

tap_one_host_unless_long
tap_run_on_hosts {
    set work $build/check/metrics/$host
    file delete -force $work
    file mkdir $work/direct
    foreach instance {svm vmx live} { file mkdir $work/$instance }
    check_files $work

    # A host that runs kvm-exits
    set report [tap_inside metrics root [tap_root_with_tool] limit 300]
    set files [dict get $report files]
    foreach name {rest.prom host.log vm.log times.log missing.prom} {
        write_file $work/$name [dict get $files $name]
    }
    check_metrics $work/rest.prom
    check_metrics $work/missing.prom
    foreach name {missing unmounted} {
        tap_ok [regexp {^# HELP [^\n]*\n# TYPE [^\n]*\nkvm_exit_counters_up 0\n$} [dict get $files $name.prom]] \
            "$name: the file says that the counters could not be read, and nothing else" [dict get $files $name.prom]
    }

    # Two hosts whose logs are in results/
    foreach {instance experiment} {svm together vmx coverage} {
        set results $harness/../results/$instance/$experiment
        set logs($instance) $results/dmesg.log
        exec $tool metrics --output $work/$instance/kvm-exits.prom $results/dmesg.log {*}[glob -nocomplain $results/times.log] $results/exit_reasons
        check_metrics $work/$instance/kvm-exits.prom
    }
    file copy $work/rest.prom $work/live/kvm-exits.prom
    exec $tool metrics $work/host.log $work/times.log > $work/direct/live.prom
    exec $tool metrics --format openmetrics $work/host.log $work/times.log > $work/direct/live.om

    try {
        start_prometheus $work [dict create svm $work/svm vmx $work/vmx live $work/live] $work/direct
        foreach {instance path} [list svm $logs(svm) vmx $logs(vmx) live $work/host.log live.prom $work/host.log live.om $work/host.log] {
            same_as_dump $instance $path
        }
        same_numbers [answers {sum by (reason) (kvm_exits_total{instance="vmx",level="L2"}) > 0} reason] [dump_counts $logs(vmx) l2] \
            "vmx: Prometheus has each reason's exits from L2"
        foreach row [counts_csv [exec -ignorestderr $tool table --format csv $logs(vmx)]] {
            if {[dict get $row code] eq "also"} { set failed_entries [dict get $row total] }
        }
        same_numbers [answers {sum by (instance) (kvm_failed_entries_total) > 0} instance] [dict create vmx $failed_entries] \
            "vmx: Prometheus has the $failed_entries failed entries as a metric of their own"
        set wanted {}
        foreach row [counts_csv [exec -ignorestderr $tool table --vms --format csv $logs(svm)]] {
            dict set wanted "[dict get $row pid] [dict get $row name]" [dict get $row total]
        }
        same_numbers [answers {kvm_vm_exits_total{instance="svm"}} vm name] $wanted "svm: Prometheus has the VMs of the dump"
        same_numbers [answers {sum by (reason) (kvm_vm_exits_total{instance="live"}) > 0} reason] [dump_counts $work/vm.log total] \
            "live: Prometheus has each reason of the VM"
        regexp {vm=(\S+)} [read_file $work/vm.log] - vm
        same_numbers [answers {kvm_vm_vcpus{instance="live"}} vm name] [dict create "$vm timer" 1] \
            "live: the VM has the name of its process, timer"
        foreach instance {live live.prom live.om} { same_as_times $instance $work/times.log }
        set results $harness/../results/svm/together/times.log
        # the last of the two readings
        set text [read_file $results]
        write_file $work/svm-times.log [string range $text [string last "kvm_exit_times: begin" $text] end]
        same_as_times svm $work/svm-times.log
        tap_ok [expr {[query {count(count by (__name__, le, reason, kind, level, part, vm, name) ({instance="live.om",__name__=~"kvm_.*"})) - count({instance="live.prom",__name__=~"kvm_.*"})}] eq {{} 0}}] \
            "both formats have as many series"

        # A storm
        set quiet [lsort -dictionary [dict keys $files quiet-*.prom]]
        set storm [lsort -dictionary [dict keys $files storm-*.prom]]
        replay $files $quiet $work/live
        set fired [have_fired]
        tap_ok [expr {$fired eq "" && [llength $quiet] == 4}] "no alert fires before the storm" $fired
        replay $files $storm $work/live
        # Prometheus evaluates the rules five times a second.
        after 1000
        set fired [have_fired]
        set highest [dict get [answers {max_over_time(instance:kvm_exits:rate5m{instance="live"}[1m])} instance] live]
        lassign [exits_in [dict get $files [lindex $storm 0]]] exits_before before
        lassign [exits_in [dict get $files [lindex $storm end]]] exits_after after
        set rate [expr {($exits_after - $exits_before) / ($after - $before)}]
        tap_note "the storm: [expr {$exits_after - $exits_before}] exits in [format %.3f [expr {$after - $before}]] s of the host, [expr {round($rate)}] per second; Prometheus saw at most [expr {round($highest)}]"
        tap_ok [expr {$fired eq "live/KvmExitStorm live/KvmVmExitStorm"}] "the storm fires KvmExitStorm and KvmVmExitStorm, and no other alert" $fired
        tap_ok [expr {$highest > 0.5 * $rate && $highest < 2 * $rate}] "Prometheus has the storm's rate" "$highest instead of $rate"

        # Each query of the dashboard
        set empty {}
        set queries [split [exec jq -r {.panels[] | .title as $t | .targets[] | $t + "\t" + .expr} $sources/kvm-exits.dashboard.json] \n]
        foreach line $queries {
            lassign [split $line \t] title expression
            set expression [string map {$instance .* $__rate_interval 20s} $expression]
            # No VM of these hosts causes PAUSE exits.
            if {[catch {query $expression} answer] || ($answer eq "" && ![string match *PAUSE* $title])} {
                lappend empty "$title: $expression: $answer"
            }
        }
        tap_ok [expr {$empty eq "" && [llength $queries] > 10}] "Prometheus has data for the [llength $queries] queries of the dashboard" [join $empty \n]

        # After the storm
        tap_ok [wait_for 20 {[firing live] eq ""}] "the alerts end with the storm" [firing live]
        file mtime $work/live/kvm-exits.prom [expr {[clock seconds] - 301}]
        tap_ok [wait_for 20 {[firing live] eq "KvmExitsStale"}] "a file that is 301 s old fires KvmExitsStale" [firing live]
        file copy -force $work/missing.prom $work/live/kvm-exits.prom
        tap_ok [wait_for 20 {[firing live] eq "KvmExitCountersMissing"}] "a host without counters fires KvmExitCountersMissing" [firing live]
        file delete $work/live/kvm-exits.prom
        after 2000
        tap_ok [wait_for 20 {[firing live] eq "KvmExitCountersMissing"}] "a host that has lost its file fires KvmExitCountersMissing" [firing live]
        tap_ok [expr {[query {max_over_time(node_textfile_scrape_error[1h]) > 0}] eq ""}] "node_exporter accepted each file"
    } finally {
        end_services
    }
}
