# time_namespaces(7): EACCES once a task has been in the namespace, and for the first one always
expect { echo monotonic 5 0 > /proc/self/timens_offsets } fails EACCES
unshare --time
echo monotonic 5 0 > /proc/self/timens_offsets
spawn a
expect { echo monotonic 6 0 > /proc/self/timens_offsets } fails EACCES
a exit
wait
expect { echo monotonic 6 0 > /proc/self/timens_offsets } fails EACCES
expect { echo monotonic -9000000000 0 > /proc/self/timens_offsets } fails ERANGE
unshare --time
echo monotonic 6 0 > /proc/self/timens_offsets
expect { cat /proc/self/timens_offsets } matches /^monotonic +6 +0$/
