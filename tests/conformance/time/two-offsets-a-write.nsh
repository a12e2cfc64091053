# timens_offsets_write(): of more than two lines two are taken, whatever is wrong behind them
unshare --time
printf "boottime 6 5\nmonotonic 9 7\nmonotonic x 8" > /proc/self/timens_offsets || true
expect { cat /proc/self/timens_offsets } matches /monotonic +9 +7\nboottime +6 +5/
