# setns(2): the caller enters the namespace of a descriptor
spawn --uts inner
inner hostname inner
spawn visitor
visitor setns /proc/2/ns/uts
expect { visitor hostname } prints "inner"
expect $(readlink /proc/3/ns/uts) == $(readlink /proc/2/ns/uts)
expect $(hostname) != inner
