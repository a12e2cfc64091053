# pty(7): after the last close of the slave its master reads what is left, then EIO
openpty -m
echo x > /dev/pts/0
expect { head -c 1 <&3 } prints "x"
expect { cat <&3 } fails EIO
echo again > /dev/pts/0
expect { head -c 5 <&3 } prints "again"
