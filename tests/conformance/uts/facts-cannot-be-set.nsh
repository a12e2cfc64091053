# proc_sys_kernel(5): ostype, osrelease, version and arch are facts, in every namespace the same
for name in ostype osrelease version arch {
    expect { stat -c %a /proc/sys/kernel/$name } prints "444"
}
expect { cat /proc/sys/kernel/ostype } prints "Linux"
expect $(cat /proc/sys/kernel/osrelease) == $(uname -r)
spawn --uts inner
expect $(inner cat /proc/sys/kernel/osrelease) == $(uname -r)
