# time_namespaces(7), timens_offsets: a clock a line, by name or number
unshare --time
echo 'boottime 7 8' > /proc/self/timens_offsets
expect { cat /proc/self/timens_offsets } matches /^monotonic +0 +0\nboottime +7 +8$/
printf '1 3 4\n7 5 6\n' > /proc/self/timens_offsets
expect { cat /proc/self/timens_offsets } matches /^monotonic +3 +4\nboottime +5 +6$/
spawn a
expect { cat /proc/$(a getpid)/timens_offsets } matches /^monotonic +3 +4$/
