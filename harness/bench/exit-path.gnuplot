# SPDX-License-Identifier: GPL-2.0
# What each method adds to an exit.  Set with -e: `data`, the folder with
# HOST-paths.dat; `hosts`; and `out`, the picture.
set terminal svg size 1000,500 font "sans-serif,13" background "white" dynamic
set output out
set multiplot layout 1,words(hosts)
set logscale x
set xrange [1:10000]
set format x "%'.0f"
set yrange [-0.6:9.6]
set xlabel "additional instructions per round trip"
set grid xtics ytics lc rgb "#dddddd"
set key outside below horizontal maxrows 2 samplen 1 width 1
set bmargin 6
ways = "cpuid hypercall msr-write kernel-port qemu-port page-fault"
array colour[6] = ["#1b6ca8", "#d1495b", "#2a9d5c", "#8a5bb0", "#e09f1f", "#444444"]
do for [host in hosts] {
	set title "host ".host
	# Shift the points of a row vertically, so that they do not cover each other.
	plot data."/".host."-paths.dat" using (0.5):1:ytic(2) with points pt 0 notitle, \
		for [w=1:6] "" using (column(w + 2)):($1 + 0.12 * (3.5 - w)) \
		with points pt 7 ps 0.6 lc rgb colour[w] title word(ways, w)
}
unset multiplot
