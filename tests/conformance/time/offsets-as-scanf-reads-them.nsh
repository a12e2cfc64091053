# timens_offsets_write(), vsscanf(): a name of at most nine bytes gives nothing back to the numbers
unshare --time
expect { printf '10 0' > /proc/self/timens_offsets } fails EINVAL
expect { printf '71 0' > /proc/self/timens_offsets } fails EINVAL
expect { printf 'monotonic5 6' > /proc/self/timens_offsets }
expect { cat /proc/self/timens_offsets } matches /monotonic +5 +6/
expect { printf 'boottime\v7\r8 9' > /proc/self/timens_offsets }
expect { cat /proc/self/timens_offsets } matches /boottime +7 +8/
expect { printf 'boottime +7 8' > /proc/self/timens_offsets } fails EINVAL
expect { printf 'boottime 7 18446744073709551616' > /proc/self/timens_offsets }
expect { cat /proc/self/timens_offsets } matches /boottime +7 +0/
