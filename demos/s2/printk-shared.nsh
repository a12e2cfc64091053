#: # printk, as it is
#:
#: "printk will require some support to be isolated." It never got it: to this day the kernel has
#: one log, whoever reads it.
profile mainline
dmesg
expect { dmesg -t } matches /^Linux version 6\.18\.0-nsh /

#: Whoever may write /dev/kmsg speaks in the kernel's log, with a level in front. Below the
#: console's level (here 4, as after a boot with *quiet*) it shows on the console as well.
echo "<6>all is well" > /dev/kmsg
echo "<3>disk on fire" > /dev/kmsg
dmesg -x -u
expect { dmesg -t -l err } prints "disk on fire"

#: Two containers, as mainline can make them.
spawn --pid --uts web
spawn --pid --uts db
as db { echo "<5>db: password is sesame" > /dev/kmsg }

#: **web reads what db said.** And it reads the machine's own addresses, devices and users there.
expect { as web dmesg -t -l notice } matches /db: password is sesame/

#: **web clears it.** For everybody.
as web dmesg --clear
expect { dmesg } prints ""
expect { as db dmesg } prints ""

#: **web turns the console deaf.** The next error shows to nobody.
as web dmesg --console-off
expect { cat /proc/sys/kernel/printk } matches /^1\t4\t1\t7$/
as web dmesg --console-on

#: What mainline has instead: a switch that leaves the log to the privileged.
echo 1 > /proc/sys/kernel/dmesg_restrict
expect { cat /proc/sys/kernel/dmesg_restrict } prints "1"

# Shows N11.
