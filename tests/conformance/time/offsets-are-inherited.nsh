# time_namespaces(7), clone_time_ns(): a new one begins with the offsets of the one before
unshare --time
echo boottime 900000 0 > /proc/self/timens_offsets
spawn a
a unshare --time
expect { a cat /proc/self/timens_offsets } matches /^boottime +900000 +0$/
a { echo boottime 5 0 > /proc/self/timens_offsets }
expect { a cat /proc/uptime } matches /^9\d{5}\./
a spawn b
expect { b cat /proc/uptime } matches /^\d{1,5}\./
