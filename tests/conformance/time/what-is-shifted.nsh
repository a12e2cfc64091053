# time_namespaces(7): monotonic and boottime, /proc/uptime and starttime as the reader has them
unshare --time
printf 'monotonic 500000 0\nboottime 900000 0\n' > /proc/self/timens_offsets
spawn a
expect { a clock monotonic } matches /^5\d{5}(\.|$)/
expect { a clock monotonic-raw } matches /^5\d{5}(\.|$)/
expect { a clock boottime } matches /^9\d{5}(\.|$)/
expect { a cat /proc/uptime } matches /^9\d{5}(\.|$)/
expect { a grep -cE '^([^ ]+ ){21}9[0-9]{7} ' /proc/self/stat } prints "1"
expect { grep -cE '^([^ ]+ ){21}[0-9]{1,7} ' /proc/self/stat } prints "1"
expect { clock boottime } matches /^\d{1,5}(\.|$)/
expect { a clock realtime } matches /^1\d{9}(\.|$)/
