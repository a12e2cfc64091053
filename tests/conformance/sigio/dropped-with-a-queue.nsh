# skb_queue_purge(), fput(): files in messages that nobody received, the last message's first
trap RTMIN { got="$got $SI_FD" }
sigprocmask -b RTMIN
socketpair stream
socketpair stream
socketpair dgram
for x in 3 5 { fcntl $x F_SETOWN 1; fcntl $x F_SETSIG RTMIN; fcntl $x F_SETFL O_ASYNC }
send -f 4 7 a
send -f 6 7 b
exec 4>&-
exec 6>&-
exec 7>&-
exec 8>&-
sigprocmask -u RTMIN
expect "$got" == " 5 3"
