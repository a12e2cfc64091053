# setns(2), time namespaces: the caller itself goes, and its children; EUSERS for one with threads
unshare --time
echo boottime 900000 0 > /proc/self/timens_offsets
spawn a
spawn b
b nsenter -t a --time
expect $(b readlink /proc/self/ns/time) == $(a readlink /proc/self/ns/time)
nsenter --time=/proc/self/ns/time_for_children
expect $(readlink /proc/self/ns/time) == $(a readlink /proc/self/ns/time)
expect { cat /proc/uptime } matches /^9\d{5}\./
b spawn -t thread
expect { b setns /proc/self/ns/time } fails EUSERS
expect { thread setns /proc/self/ns/time } fails EUSERS
b unshare --time
expect $(b readlink /proc/self/ns/time) != $(b readlink /proc/self/ns/time_for_children)
b capset -e none
expect { b setns /proc/self/ns/time } fails EUSERS
