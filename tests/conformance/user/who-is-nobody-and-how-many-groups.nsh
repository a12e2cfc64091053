# proc_sys_fs(5), proc_sys_kernel(5): overflowuid and overflowgid of both; ngroups_max is only read
for of in fs kernel { cat /proc/sys/$of/overflowuid /proc/sys/$of/overflowgid > /tmp/$of }
expect { cat /tmp/fs } matches /^65534\n65534\n?$/
expect { cat /tmp/kernel } matches /^65534\n65534\n?$/
expect { stat -c %a /proc/sys/fs/overflowgid } prints "644"
expect { cat /proc/sys/kernel/ngroups_max } prints "65536"
expect { stat -c %a /proc/sys/kernel/ngroups_max } prints "444"
