# proc_dostring(): a name is read in pieces, as it is by then; a number in one piece or not at all
hostname abc
read name < /proc/sys/kernel/hostname
expect $name == abc
read kind < /proc/sys/kernel/ostype
expect $kind == Linux
read size < /proc/sys/kernel/msgmax || true  # there is no end of a line
expect $size == 8
open -m rw /proc/sys/kernel/hostname
expect { head -c 2 <&3 } prints "ab"
hostname uvwxyz
expect { cat <&3 } prints "wxyz"
printf q >&3  # beyond the end
expect { uname -n } prints "uvwxyz"
open -m rw /proc/sys/kernel/hostname
printf one >&4
expect { wc -c <&4 } prints "1"
