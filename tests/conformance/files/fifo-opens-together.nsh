# fifo(7): open for reading sleeps until somebody opens for writing
mkfifo /tmp/fifo
spawn reader { read word < /tmp/fifo; echo "got $word" > /tmp/told }
expect { grep State /proc/2/status } prints "S (sleeping)"
expect { cat /tmp/told } fails ENOENT
echo hello > /tmp/fifo
expect { cat /tmp/told } prints "got hello"
