# pipe(7), signal(7): who writes to a pipe without readers is sent SIGPIPE; ignoring it leaves EPIPE
mkfifo /tmp/fifo
spawn reader { exec 3< /tmp/fifo }
spawn writer
writer { exec 4> /tmp/fifo; trap PIPE ignore }
reader exit
expect { writer { echo hello >&4 } } fails EPIPE
as writer { trap PIPE default; echo hello >&4 } || true
expect { waitpid writer } prints "3 killed PIPE"
