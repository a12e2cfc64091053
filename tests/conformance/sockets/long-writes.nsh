# unix(7): a write longer than the buffer waits for who reads, and is whole in the end
socketpair stream
spawn writer { exec 4>&-; head -c 700000 /dev/zero >&3; exec 3>&-; exit }
exec 3>&-
expect { cat <&4 | wc -c } prints "700000"
wait writer
