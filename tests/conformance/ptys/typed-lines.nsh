# pty(7): what is written to the master is input of the slave, line by line
openpty -n
echo one >&3
printf 'two\nthr' >&3
expect { head -n 1 <&4 } prints "one"
expect { head -n 1 <&4 } prints "two"
printf 'ee\n' >&3
expect { head -n 1 <&4 } prints "three"
