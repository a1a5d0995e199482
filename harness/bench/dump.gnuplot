# SPDX-License-Identifier: GPL-2.0
# The cost of a dump by possible CPUs.  Set with -e: `data`, the folder with
# HOST-dump.dat, the points, and HOST-line.dat, two points of the plane through them;
# `hosts`; and `out`, the picture.
set terminal svg size 800,460 font "sans-serif,13" background "white" dynamic
set output out
set xrange [0:660]
set yrange [0:1800000]
set xtics 64
set format y "%'.0f"
set xlabel "possible CPUs"
set ylabel "instructions, console off"
set grid lc rgb "#dddddd"
set key outside below reverse Left maxrows 2 width 2
set label "1,000,000" at 8,1040000 front
array colour[2] = ["#1b6ca8", "#d1495b"]
plot 1000000 with lines lc rgb "#888888" dt 2 notitle, \
	for [h=1:words(hosts)] data."/".word(hosts, h)."-dump.dat" using 1:2 \
		with points pt 7 ps 0.7 lc rgb colour[h] title "host ".word(hosts, h).", few to many reasons", \
	for [h=1:words(hosts)] data."/".word(hosts, h)."-line.dat" using 1:2 \
		with linespoints pt 6 lc rgb colour[h] title "host ".word(hosts, h).", most reasons, extrapolated to 640 CPUs"
