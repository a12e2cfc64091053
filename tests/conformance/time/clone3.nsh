# time_namespaces(7), clone3(2): a child of CLONE_NEWTIME is in it at once, and its clocks stay
spawn -T a
expect $(a readlink /proc/self/ns/time) != $(readlink /proc/self/ns/time)
expect $(a readlink /proc/self/ns/time) == $(a readlink /proc/self/ns/time_for_children)
expect { a { echo monotonic 5 0 > /proc/self/timens_offsets } } fails EACCES
spawn -T b
expect $(a readlink /proc/self/ns/time) != $(b readlink /proc/self/ns/time)
